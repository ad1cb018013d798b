import { assignmentRecorded, type AssignmentRecorded } from '@assay/contracts';
import { LogHandler, type LogBatch, type LogContext } from '@assay/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { BatchApplier } from './batch-applier.js';
import { ANALYSIS_GROUP } from './events.consumer.js';
import { ShardTransaction } from './shard-transaction.js';

/** An assignment made on the server is an exposure at its time. */
@Controller()
export class AssignmentsConsumer {
  constructor(
    private readonly transaction: ShardTransaction,
    private readonly applier: BatchApplier,
  ) {}

  @LogHandler(assignmentRecorded, {
    group: ANALYSIS_GROUP,
    mode: 'batch',
    maxBatch: 3_000,
    concurrency: 2,
    lingerMs: 100,
  })
  async handle(@Payload() batch: LogBatch<AssignmentRecorded>, @Ctx() context: LogContext): Promise<void> {
    const exposures = batch.records.map(({ data }) => data);
    await this.transaction.run(batch.partition, async (client) => {
      await this.applier.apply(client, batch.partition, [], exposures);
      await context.commitWithin(client);
    });
  }
}
