import {
  experimentDuration,
  minimumEffect,
  sampleSize,
  type DurationAnswer,
  type MdeAnswer,
  type SampleSizeAnswer,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { minimumEffectOf } from './minimum-effect.js';
import { runTimeOf } from './run-time.js';
import { sampleSizeOf } from './sample-size.js';

/** Planning needs nothing but what is sent. */
@Controller()
export class PowerController {
  @Endpoint(sampleSize)
  sampleSize(@Input() { body }: Call<typeof sampleSize>): SampleSizeAnswer {
    return sampleSizeOf(body);
  }

  @Endpoint(minimumEffect)
  minimumEffect(@Input() { body }: Call<typeof minimumEffect>): MdeAnswer {
    return minimumEffectOf(body);
  }

  @Endpoint(experimentDuration)
  duration(@Input() { body }: Call<typeof experimentDuration>): DurationAnswer {
    return runTimeOf(body);
  }
}
