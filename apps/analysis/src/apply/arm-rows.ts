import type pg from 'pg';
import type { ArmChange } from '../units/arm-changes.js';
import { addMoments } from '../units/moments.js';
import { doublesLiteral, plainArray, readDoubles, textArray } from './pg-arrays.js';

/** Arms and their days in one trip; an arm's row has no day. */
const SELECT = `
  SELECT a.experiment_id, a.variant_id, NULL::int AS day, a.moments::text AS moments
  FROM unnest($1::uuid[], $2::uuid[]) AS wanted (experiment_id, variant_id)
  JOIN experimentation.arm_statistics a USING (experiment_id, variant_id)
  WHERE a.shard = $6
  UNION ALL
  SELECT d.experiment_id, d.variant_id, d.day, d.moments::text
  FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS wanted (experiment_id, variant_id, day)
  JOIN experimentation.arm_days d USING (experiment_id, variant_id, day)
  WHERE d.shard = $6`;

const UPSERT = `
  WITH days AS (
    INSERT INTO experimentation.arm_days AS d (experiment_id, variant_id, day, shard, units, conflicted, moments)
    SELECT experiment_id, variant_id, day, $12::smallint, units, conflicted, moments::float8[]
    FROM unnest($6::uuid[], $7::uuid[], $8::int[], $9::bigint[], $10::bigint[], $11::text[])
      AS changed (experiment_id, variant_id, day, units, conflicted, moments)
    ON CONFLICT (experiment_id, variant_id, shard, day) DO UPDATE
      SET units = d.units + excluded.units, conflicted = d.conflicted + excluded.conflicted, moments = excluded.moments,
          updated_at = now())
  INSERT INTO experimentation.arm_statistics AS a (experiment_id, variant_id, shard, units, conflicted, moments)
  SELECT experiment_id, variant_id, $12::smallint, units, conflicted, moments::float8[]
  FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[])
    AS changed (experiment_id, variant_id, units, conflicted, moments)
  ON CONFLICT (experiment_id, variant_id, shard) DO UPDATE
    SET units = a.units + excluded.units, conflicted = a.conflicted + excluded.conflicted, moments = excluded.moments,
        updated_at = now()`;

type RowChange = Omit<ArmChange, 'day'> & { readonly day: number | null };

interface HeldRow {
  experiment_id: string;
  variant_id: string;
  day: number | null;
  moments: string;
}

/**
 * Adds changes to the sums of arms, and of their days, in one shard. The caller holds the shard's lock: sums are read, added
 * to with double-double precision, and written back.
 */
export async function addToArms(client: pg.ClientBase, shard: number, days: readonly ArmChange[]): Promise<void> {
  if (days.length === 0) return;
  const arms = armsOf(days);
  const { rows } = await client.query<HeldRow>({
    name: 'assay-read-arm-days',
    text: SELECT,
    values: [...keys(arms), ...keys(days), plainArray(days.map(({ day }) => day)), shard],
  });
  const held = new Map(
    rows.map((row) => [nameOf(row.experiment_id, row.variant_id, row.day), readDoubles(row.moments)]),
  );
  await client.query({
    name: 'assay-write-arm-days',
    text: UPSERT,
    values: [
      ...keys(arms),
      ...sums(arms, held),
      ...keys(days),
      plainArray(days.map(({ day }) => day)),
      ...sums(days, held),
      shard,
    ],
  });
}

const nameOf = (experimentId: string, variantId: string, day: number | null): string =>
  `${experimentId}/${variantId}/${day ?? ''}`;

const keys = (changes: readonly RowChange[]): [string, string] => [
  plainArray(changes.map(({ experimentId }) => experimentId)),
  plainArray(changes.map(({ variantId }) => variantId)),
];

/** Counts to add, and moments as they are from now on. */
const sums = (changes: readonly RowChange[], held: ReadonlyMap<string, Float64Array>): [string, string, string] => [
  plainArray(changes.map(({ units }) => units)),
  plainArray(changes.map(({ conflicted }) => conflicted)),
  textArray(
    changes.map(({ experimentId, variantId, day, plan, moments }) => {
      const sum = held.get(nameOf(experimentId, variantId, day)) ?? new Float64Array(plan.momentCount);
      addMoments(sum, moments, plan.dimensions);
      return doublesLiteral(sum);
    }),
  ),
];

/** The changes of the days of each arm together. */
function armsOf(days: readonly ArmChange[]): RowChange[] {
  const arms = new Map<string, RowChange>();
  for (const change of days) {
    const name = nameOf(change.experimentId, change.variantId, null);
    const arm = arms.get(name);
    if (arm === undefined) {
      arms.set(name, { ...change, day: null, moments: Float64Array.from(change.moments) });
      continue;
    }
    arm.units += change.units;
    arm.conflicted += change.conflicted;
    addMoments(arm.moments, change.moments, change.plan.dimensions);
  }
  return [...arms.values()];
}
