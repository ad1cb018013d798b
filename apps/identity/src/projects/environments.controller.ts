import {
  createEnvironment,
  deleteEnvironment,
  getEnvironment,
  listEnvironments,
  updateEnvironment,
  type Environment,
  type Page,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { EnvironmentsService } from './environments.service.js';

@Controller()
export class EnvironmentsController {
  constructor(private readonly environments: EnvironmentsService) {}

  @Endpoint(listEnvironments)
  list(@Input() call: Call<typeof listEnvironments>): Promise<Page<Environment>> {
    return this.environments.list(call.params.id, call.query);
  }

  @Endpoint(createEnvironment)
  create(@Input() call: Call<typeof createEnvironment>): Promise<Environment> {
    return this.environments.create(call, call.params.id, call.body);
  }

  @Endpoint(getEnvironment)
  get(@Input() call: Call<typeof getEnvironment>): Promise<Environment> {
    return this.environments.get(call.params);
  }

  @Endpoint(updateEnvironment)
  update(@Input() call: Call<typeof updateEnvironment>): Promise<Environment> {
    return this.environments.update(call, call.params, call.ifMatch, call.body);
  }

  @Endpoint(deleteEnvironment)
  remove(@Input() call: Call<typeof deleteEnvironment>): Promise<void> {
    return this.environments.remove(call, call.params, call.ifMatch);
  }
}
