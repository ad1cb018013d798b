import { readLedger, type Ledger } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { LedgerService } from './ledger.service.js';

@Controller()
export class LedgerController {
  constructor(private readonly ledger: LedgerService) {}

  @Endpoint(readLedger)
  read(@Input() call: Call<typeof readLedger>): Promise<Ledger> {
    return this.ledger.read(call.scope.projectId);
  }
}
