import { auditRecorded, type AuditRecord } from '@assay/contracts';
import { LogHandler, type LogBatch } from '@assay/messaging';
import { AuditEntry } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Controller } from '@nestjs/common';
import { auditRow } from './audit-row.js';

/** Keeps what every service says was done. */
@Controller()
export class AuditConsumer {
  constructor(private readonly em: EntityManager) {}

  @LogHandler(auditRecorded, { group: 'identity', mode: 'batch' })
  async keep({ records }: LogBatch<AuditRecord>): Promise<void> {
    const rows = records.map(({ envelope }) => auditRow(envelope));
    await this.em.fork().upsertMany(AuditEntry, rows, { onConflictFields: ['id'], onConflictAction: 'ignore' });
  }
}
