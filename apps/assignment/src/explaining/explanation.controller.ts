import { explainAssignment } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { ExplanationService } from './explanation.service.js';

@Controller()
export class ExplanationController {
  constructor(private readonly explanations: ExplanationService) {}

  @Endpoint(explainAssignment)
  explain(@Input() call: Call<typeof explainAssignment>) {
    return this.explanations.explain(call);
  }
}
