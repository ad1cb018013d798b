import { eventAccepted, type AcceptedEvent } from '@assay/contracts';
import { LogHandler, type LogBatch, type LogContext } from '@assay/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { countEvents } from '../ledger/ledger-counts.js';
import { acceptedReader } from './accepted-reader.js';
import { BatchApplier } from './batch-applier.js';
import { ShardTransaction } from './shard-transaction.js';
import { storeEvents } from './store-events.js';

/** Group of the analysis service on every topic it reads. */
export const ANALYSIS_GROUP = 'analysis';

/** Stores accepted events and applies them: rows, sums, counters and the offset commit in one transaction. */
@Controller()
export class EventsConsumer {
  constructor(
    private readonly transaction: ShardTransaction,
    private readonly applier: BatchApplier,
  ) {}

  @LogHandler(eventAccepted, {
    group: ANALYSIS_GROUP,
    mode: 'batch',
    maxBatch: 8_000,
    concurrency: 4,
    lingerMs: 100,
    read: acceptedReader(),
  })
  async handle(@Payload() batch: LogBatch<AcceptedEvent>, @Ctx() context: LogContext): Promise<void> {
    const events = batch.records.map(({ data }) => data);
    await this.transaction.run(batch.partition, async (client) => {
      const stored = await storeEvents(client, events);
      await this.applier.apply(client, batch.partition, stored);
      await countEvents(client, batch.partition, events, stored);
      await context.commitWithin(client);
    });
  }
}
