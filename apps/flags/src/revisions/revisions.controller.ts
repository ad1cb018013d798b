import { listFlagRevisions } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { RevisionsReadModel } from './revisions.read-model.js';

@Controller()
export class RevisionsController {
  constructor(private readonly revisions: RevisionsReadModel) {}

  @Endpoint(listFlagRevisions)
  list(@Input() call: Call<typeof listFlagRevisions>) {
    return this.revisions.list(call);
  }
}
