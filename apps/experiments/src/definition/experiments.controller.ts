import {
  createExperiment,
  deleteExperiment,
  listExperiments,
  listVariants,
  readExperiment,
  updateExperiment,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { ExperimentsService } from './experiments.service.js';

@Controller()
export class ExperimentsController {
  constructor(private readonly experiments: ExperimentsService) {}

  @Endpoint(createExperiment)
  create(@Input() call: Call<typeof createExperiment>) {
    return this.experiments.create(call);
  }

  @Endpoint(listExperiments)
  list(@Input() call: Call<typeof listExperiments>) {
    return this.experiments.list(call);
  }

  @Endpoint(readExperiment)
  read(@Input() { scope, params }: Call<typeof readExperiment>) {
    return this.experiments.read(scope.projectId, params.id);
  }

  @Endpoint(updateExperiment)
  update(@Input() call: Call<typeof updateExperiment>) {
    return this.experiments.update(call);
  }

  @Endpoint(deleteExperiment)
  remove(@Input() call: Call<typeof deleteExperiment>) {
    return this.experiments.remove(call);
  }

  @Endpoint(listVariants)
  variants(@Input() call: Call<typeof listVariants>) {
    return this.experiments.variants(call);
  }
}
