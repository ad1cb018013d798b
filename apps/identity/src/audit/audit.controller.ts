import { listAuditEntries, type AuditEntry, type Page } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { AuditReadModel } from './audit.read-model.js';

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditReadModel) {}

  @Endpoint(listAuditEntries)
  list(@Input() call: Call<typeof listAuditEntries>): Promise<Page<AuditEntry>> {
    return this.audit.list(call.scope, call.query);
  }
}
