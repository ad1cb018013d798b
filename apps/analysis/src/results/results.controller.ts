import { readResults, type ExperimentResults } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { ResultsService } from './results.service.js';

@Controller()
export class ResultsController {
  constructor(private readonly results: ResultsService) {}

  @Endpoint(readResults)
  read(@Input() call: Call<typeof readResults>): Promise<ExperimentResults> {
    return this.results.read(call.scope.projectId, call.params.id, call.query);
  }
}
