import type pg from 'pg';
import type { UnitState } from '../units/unit-state.js';
import { doublesLiteral, plainArray, readDoubles, textArray } from './pg-arrays.js';
import { toMilliseconds, toTimestamp } from './sql-times.js';

/** One unit of one experiment. */
export interface UnitKey {
  readonly experimentId: string;
  readonly userId: string;
}

export interface StoredUnit extends UnitKey {
  readonly state: UnitState;
}

export const unitName = ({ experimentId, userId }: UnitKey): string => `${experimentId}/${userId}`;

const SELECT = `
  SELECT stored.* FROM unnest($1::text[]) AS wanted (user_id)
  CROSS JOIN LATERAL (
    SELECT u.experiment_id, u.user_id, u.variant_id, ${toMilliseconds('u.exposed_at')} AS exposed_at,
           u.conflicted, u.cells::text AS cells
    FROM experimentation.unit_metrics u WHERE u.user_id = wanted.user_id OFFSET 0) stored`;

interface UnitRow {
  experiment_id: string;
  user_id: string;
  variant_id: string;
  exposed_at: number;
  conflicted: boolean;
  cells: string;
}

/** The stored states of the given users in every experiment they are in, by `unitName`. */
export async function readUnits(client: pg.ClientBase, userIds: readonly string[]): Promise<Map<string, StoredUnit>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await client.query<UnitRow>({
    name: 'assay-read-units',
    text: SELECT,
    values: [textArray(userIds)],
  });
  return new Map(
    rows.map((row) => {
      const key: UnitKey = { experimentId: row.experiment_id, userId: row.user_id };
      return [unitName(key), { ...key, state: toState(row) }];
    }),
  );
}

export const toState = (row: Omit<UnitRow, 'experiment_id' | 'user_id'>): UnitState => ({
  variantId: row.variant_id,
  exposedAt: Math.round(row.exposed_at),
  conflicted: row.conflicted,
  cells: readDoubles(row.cells),
});

const UPSERT = `
  INSERT INTO experimentation.unit_metrics AS u (experiment_id, user_id, variant_id, exposed_at, conflicted, shard, cells)
  SELECT experiment_id, user_id, variant_id, ${toTimestamp('exposed_at')}, conflicted, $7::smallint, cells::float8[]
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::int8[], $5::boolean[], $6::text[])
    AS changed (experiment_id, user_id, variant_id, exposed_at, conflicted, cells)
  ON CONFLICT (user_id, experiment_id) DO UPDATE
    SET variant_id = excluded.variant_id, exposed_at = excluded.exposed_at, conflicted = excluded.conflicted, cells = excluded.cells`;

/** Writes changed units. All of them belong to one shard. */
export async function writeUnits(client: pg.ClientBase, shard: number, changed: readonly StoredUnit[]): Promise<void> {
  if (changed.length === 0) return;
  await client.query({
    name: 'assay-write-units',
    text: UPSERT,
    values: [
      plainArray(changed.map(({ experimentId }) => experimentId)),
      textArray(changed.map(({ userId }) => userId)),
      plainArray(changed.map(({ state }) => state.variantId)),
      plainArray(changed.map(({ state }) => state.exposedAt)),
      plainArray(changed.map(({ state }) => (state.conflicted ? 't' : 'f'))),
      textArray(changed.map(({ state }) => doublesLiteral(state.cells))),
      shard,
    ],
  });
}
