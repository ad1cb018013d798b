import { defineEntity, p } from '@mikro-orm/core';

const RankedChangesSchema = defineEntity({
  name: 'RankedChanges',
  tableName: 'ranked_changes',
  properties: {
    experimentId: p.uuid().primary(),
    shard: p.smallint().primary(),
    id: p.uuid().primary(),
    body: p.blob(),
  },
});

/**
 * What batches changed of the values that metrics rank (quantiles, caps at percentiles): which values units have from then on,
 * and which they have no more. All rows of an experiment and shard together are the values of its units. A row is never
 * changed; several become one with an id of its own.
 */
export class RankedChanges extends RankedChangesSchema.class {}
RankedChangesSchema.setClass(RankedChanges);
