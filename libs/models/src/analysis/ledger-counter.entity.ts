import { defineEntity, p } from '@mikro-orm/core';

const LedgerCounterSchema = defineEntity({
  name: 'LedgerCounter',
  tableName: 'ledger_counters',
  properties: {
    projectId: p.uuid().primary(),
    shard: p.smallint().primary(),
    consumed: p.bigint('number').default(0),
    stored: p.bigint('number').default(0),
    duplicate: p.bigint('number').default(0),
  },
});

/**
 * How many events of a project were read from the log (`consumed`) and where they ended; one row per shard, summed on
 * read. `consumed` is counted before anything is decided, so that it can contradict the rest.
 */
export class LedgerCounter extends LedgerCounterSchema.class {}
LedgerCounterSchema.setClass(LedgerCounter);
