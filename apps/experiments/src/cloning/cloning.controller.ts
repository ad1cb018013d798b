import { cloneExperiment } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { CloningService } from './cloning.service.js';

@Controller()
export class CloningController {
  constructor(private readonly cloning: CloningService) {}

  @Endpoint(cloneExperiment)
  clone(@Input() call: Call<typeof cloneExperiment>) {
    return this.cloning.clone(call);
  }
}
