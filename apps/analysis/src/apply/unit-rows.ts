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
  /** Where its row lies (`ctid`), as read in this transaction; nothing for a unit that has none yet. */
  readonly place?: string | undefined;
}

const SELECT = `
  SELECT u.ctid::text AS place, u.experiment_id, u.user_id, u.variant_id, ${toMilliseconds('u.exposed_at')} AS exposed_at,
         u.conflicted, u.cells::text AS cells
  FROM experimentation.unit_metrics u WHERE u.user_id = ANY ($1::text[])`;

interface UnitRow {
  place: string;
  experiment_id: string;
  user_id: string;
  variant_id: string;
  exposed_at: number;
  conflicted: boolean;
  cells: string;
}

/** The stored states of the given users in every experiment they are in. */
export async function readUnits(client: pg.ClientBase, userIds: readonly string[]): Promise<StoredUnit[]> {
  if (userIds.length === 0) return [];
  const { rows } = await client.query<UnitRow>({
    name: 'assay-read-units',
    text: SELECT,
    values: [textArray(userIds)],
  });
  return rows.map((row) => ({
    experimentId: row.experiment_id,
    userId: row.user_id,
    state: toState(row),
    place: row.place,
  }));
}

export const toState = (row: Omit<UnitRow, 'experiment_id' | 'user_id' | 'place'>): UnitState => ({
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

/** By where the row lies: the index need not be searched a second time. */
const UPDATE = `
  UPDATE experimentation.unit_metrics u
  SET variant_id = changed.variant_id, exposed_at = ${toTimestamp('changed.exposed_at')}, conflicted = changed.conflicted,
      cells = changed.cells::float8[]
  FROM unnest($1::tid[], $2::uuid[], $3::int8[], $4::boolean[], $5::text[])
    AS changed (place, variant_id, exposed_at, conflicted, cells)
  WHERE u.ctid = changed.place`;

/**
 * Writes changed units. All of them belong to one shard, of which the caller holds the lock: a row that was read in this
 * transaction lies where it lay.
 */
export async function writeUnits(client: pg.ClientBase, shard: number, changed: readonly StoredUnit[]): Promise<void> {
  const known = changed.filter(({ place }) => place !== undefined);
  if (known.length > 0) await updateUnits(client, known);
  const added = known.length === 0 ? changed : changed.filter(({ place }) => place === undefined);
  if (added.length > 0) await upsertUnits(client, shard, added);
}

async function updateUnits(client: pg.ClientBase, units: readonly StoredUnit[]): Promise<void> {
  const { rowCount } = await client.query({
    name: 'assay-update-units',
    text: UPDATE,
    values: [textArray(units.map(({ place }) => place ?? null)), ...states(units)],
  });
  if (rowCount !== units.length) {
    throw new Error(`${units.length} units were to be changed, ${rowCount} were found where they had been read`);
  }
}

async function upsertUnits(client: pg.ClientBase, shard: number, units: readonly StoredUnit[]): Promise<void> {
  await client.query({
    name: 'assay-write-units',
    text: UPSERT,
    values: [
      plainArray(units.map(({ experimentId }) => experimentId)),
      textArray(units.map(({ userId }) => userId)),
      ...states(units),
      shard,
    ],
  });
}

const states = (units: readonly StoredUnit[]): [string, string, string, string] => [
  plainArray(units.map(({ state }) => state.variantId)),
  plainArray(units.map(({ state }) => state.exposedAt)),
  plainArray(units.map(({ state }) => (state.conflicted ? 't' : 'f'))),
  textArray(units.map(({ state }) => doublesLiteral(state.cells))),
];
