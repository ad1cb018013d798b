import { amendExperiment } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { ExperimentEditor } from '../editing/experiment-editor.service.js';
import { amendmentEdit } from './amendment-edit.js';

@Controller()
export class AmendmentsController {
  constructor(private readonly editor: ExperimentEditor) {}

  @Endpoint(amendExperiment)
  amend(@Input() call: Call<typeof amendExperiment>) {
    return this.editor.edit(call, (snapshot, now) => amendmentEdit(call.body, snapshot, now));
  }
}
