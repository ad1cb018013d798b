import {
  archiveExperiment,
  completeExperiment,
  pauseExperiment,
  resumeExperiment,
  startExperiment,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { LifecycleService } from './lifecycle.service.js';

@Controller()
export class LifecycleController {
  constructor(private readonly lifecycle: LifecycleService) {}

  @Endpoint(startExperiment)
  start(@Input() call: Call<typeof startExperiment>) {
    return this.lifecycle.move(call, 'start');
  }

  @Endpoint(pauseExperiment)
  pause(@Input() call: Call<typeof pauseExperiment>) {
    return this.lifecycle.move(call, 'pause');
  }

  @Endpoint(resumeExperiment)
  resume(@Input() call: Call<typeof resumeExperiment>) {
    return this.lifecycle.move(call, 'resume');
  }

  @Endpoint(completeExperiment)
  complete(@Input() call: Call<typeof completeExperiment>) {
    return this.lifecycle.complete(call, call.body);
  }

  @Endpoint(archiveExperiment)
  archive(@Input() call: Call<typeof archiveExperiment>) {
    return this.lifecycle.move(call, 'archive');
  }
}
