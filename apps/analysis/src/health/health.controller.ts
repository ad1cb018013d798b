import { readHealth, type ExperimentHealth } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { HealthService } from './health.service.js';

@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Endpoint(readHealth)
  read(@Input() call: Call<typeof readHealth>): Promise<ExperimentHealth> {
    return this.health.read(call.scope.projectId, call.params.id, call.query.dimension);
  }
}
