import type pg from 'pg';
import type { ArmChange } from '../units/arm-changes.js';
import { addMoments } from '../units/moments.js';
import { doublesLiteral, plainArray, readDoubles, textArray } from './pg-arrays.js';

const SELECT = `
  SELECT a.experiment_id, a.variant_id, a.moments::text AS moments
  FROM unnest($1::uuid[], $2::uuid[]) AS wanted (experiment_id, variant_id)
  JOIN experimentation.arm_statistics a USING (experiment_id, variant_id)
  WHERE a.shard = $3`;

const UPSERT = `
  INSERT INTO experimentation.arm_statistics AS a (experiment_id, variant_id, shard, units, conflicted, moments)
  SELECT experiment_id, variant_id, $6::smallint, units, conflicted, moments::float8[]
  FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[])
    AS changed (experiment_id, variant_id, units, conflicted, moments)
  ON CONFLICT (experiment_id, variant_id, shard) DO UPDATE
    SET units = a.units + excluded.units, conflicted = a.conflicted + excluded.conflicted, moments = excluded.moments,
        updated_at = now()`;

/**
 * Adds changes to the arms' sums of one shard. The caller holds the shard's lock: sums are read, added to with double-double
 * precision, and written back.
 */
export async function addToArms(client: pg.ClientBase, shard: number, changes: readonly ArmChange[]): Promise<void> {
  if (changes.length === 0) return;
  const experiments = plainArray(changes.map(({ experimentId }) => experimentId));
  const variants = plainArray(changes.map(({ variantId }) => variantId));
  const { rows } = await client.query<{ experiment_id: string; variant_id: string; moments: string }>({
    name: 'assay-read-arms',
    text: SELECT,
    values: [experiments, variants, shard],
  });
  const held = new Map(rows.map((row) => [`${row.experiment_id}/${row.variant_id}`, readDoubles(row.moments)]));
  const sums = changes.map((change) => {
    const sum = held.get(`${change.experimentId}/${change.variantId}`) ?? new Float64Array(change.plan.momentCount);
    const dimensions = change.plan.metrics.map(({ rule }) => rule.dimensions);
    addMoments(sum, change.moments, dimensions);
    return sum;
  });
  await client.query({
    name: 'assay-write-arms',
    text: UPSERT,
    values: [
      experiments,
      variants,
      plainArray(changes.map(({ units }) => units)),
      plainArray(changes.map(({ conflicted }) => conflicted)),
      textArray(sums.map(doublesLiteral)),
      shard,
    ],
  });
}
