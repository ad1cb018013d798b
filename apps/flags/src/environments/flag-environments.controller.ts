import { readFlagEnvironment, updateFlagEnvironment } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { FlagEnvironmentsService } from './flag-environments.service.js';

@Controller()
export class FlagEnvironmentsController {
  constructor(private readonly environments: FlagEnvironmentsService) {}

  @Endpoint(readFlagEnvironment)
  read(@Input() call: Call<typeof readFlagEnvironment>) {
    return this.environments.read(call);
  }

  @Endpoint(updateFlagEnvironment)
  update(@Input() call: Call<typeof updateFlagEnvironment>) {
    return this.environments.update(call);
  }
}
