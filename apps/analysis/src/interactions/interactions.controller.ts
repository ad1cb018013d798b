import { readInteractions, type InteractionScan } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { InteractionsService } from './interactions.service.js';

@Controller()
export class InteractionsController {
  constructor(private readonly interactions: InteractionsService) {}

  @Endpoint(readInteractions)
  read(@Input() call: Call<typeof readInteractions>): Promise<InteractionScan> {
    return this.interactions.read(call.scope.projectId, call.query);
  }
}
