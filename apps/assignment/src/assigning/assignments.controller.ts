import { createAssignment, createAssignments } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { AssignmentService } from './assignment.service.js';

@Controller()
export class AssignmentsController {
  constructor(private readonly assignments: AssignmentService) {}

  @Endpoint(createAssignment)
  create(@Input() call: Call<typeof createAssignment>) {
    return this.assignments.assignOne(call);
  }

  @Endpoint(createAssignments)
  createSeveral(@Input() call: Call<typeof createAssignments>) {
    return this.assignments.assignSeveral(call);
  }
}
