import { AppError, listEvents, listRejectedEvents, type Page, type RefusedEvent } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { EventReadModel } from './event.read-model.js';
import { RejectedEventReadModel } from './rejected-event.read-model.js';

@Controller()
export class EventsController {
  constructor(
    private readonly events: EventReadModel,
    private readonly rejected: RejectedEventReadModel,
    private readonly experiments: ExperimentCatalog,
  ) {}

  @Endpoint(listEvents)
  async list(@Input() call: Call<typeof listEvents>) {
    const { limit, cursor, sort, experiment, ...filter } = call.query;
    const experimentId =
      experiment === undefined ? undefined : await this.experimentId(call.scope.projectId, experiment);
    const page = { limit, cursor, oldestFirst: sort === 'timestamp' };
    return this.events.page(call.scope.projectId, { ...filter, experimentId }, page);
  }

  @Endpoint(listRejectedEvents)
  listRejected(@Input() call: Call<typeof listRejectedEvents>): Promise<Page<RefusedEvent>> {
    return this.rejected.page(call.scope.projectId, call.query);
  }

  private async experimentId(projectId: string, idOrKey: string): Promise<string> {
    const known = this.experiments.find(projectId, idOrKey) ?? (await this.experiments.refresh(projectId, idOrKey));
    if (known === undefined) throw AppError.notFound('Experiment', idOrKey);
    return known.id;
  }
}
