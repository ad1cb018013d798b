import { listAssignments } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { AssignmentsReadModel } from './assignments.read-model.js';

@Controller()
export class AssignmentListController {
  constructor(private readonly assignments: AssignmentsReadModel) {}

  @Endpoint(listAssignments)
  list(@Input() call: Call<typeof listAssignments>) {
    return this.assignments.list(call);
  }
}
