import { assignmentRecorded, type AssignmentRecorded } from '@assay/contracts';
import type { LogAdmin } from '@assay/messaging';
import { systemCode } from '@assay/platform';
import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLog, type LogPlace } from '../log/with-log.js';

/** Who applies assignments, in the transaction that stores its offset. */
const APPLIED_BY = 'analysis';
/** Who leads the partitions of a topic that was made a moment ago is not known at once. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;
/** SQLSTATE of a database without a schema: there is nothing in it that could have been brought back. */
const UNDEFINED_TABLE = '42P01';

/** An assignment of a variant that is not there any more is no use to anybody. */
const INSERT = `
  INSERT INTO experimentation.assignments
    (id, created_at, updated_at, experiment_id, variant_id, user_id, bucket, definition_version, propensity)
  SELECT gen_random_uuid(), i.at, i.at, i.experiment_id, i.variant_id, i.user_id, i.bucket, i.definition_version, i.propensity
  FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::float8[])
    AS i(at, experiment_id, variant_id, user_id, bucket, definition_version, propensity)
  JOIN experimentation.variants v ON v.id = i.variant_id AND v.experiment_id = i.experiment_id
  ORDER BY i.experiment_id, i.user_id, i.at
  ON CONFLICT (experiment_id, user_id) DO NOTHING`;

export interface Recovered {
  /** Assignments that the log had and the analysis had not applied. */
  readonly read: number;
  /** Those of them that were not in their table. */
  readonly stored: number;
}

/**
 * Stores the assignments that the log has and the database has not. That is so after the database was brought back to an earlier
 * moment: what was assigned since must not be decided again, maybe otherwise. A row is committed before its message is
 * written, so all that lack a row are among those that the analysis, as of that moment, had not yet applied. Otherwise there
 * are hardly any, and their rows are there. What the unit's context was is not in the messages.
 *
 * @throws StartupError when the broker does not answer.
 */
export function recoverAssignments(place: LogPlace): Promise<Recovered> {
  return withLog(place, 'The assignments since the last backup could not be read', async (log, pool) => {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      try {
        return await recover(log, pool);
      } catch (error) {
        if (systemCode(error) === UNDEFINED_TABLE) return { read: 0, stored: 0 };
        if (Date.now() > end) throw error;
        await sleep(PAUSE_MS);
      }
    }
  });
}

async function recover(log: LogAdmin, pool: pg.Pool): Promise<Recovered> {
  let [read, stored] = [0, 0];
  await log.readPending(APPLIED_BY, assignmentRecorded, async (assignments) => {
    read += assignments.length;
    stored += await store(pool, assignments);
  });
  return { read, stored };
}

async function store(pool: pg.Pool, assignments: readonly AssignmentRecorded[]): Promise<number> {
  const rows = assignments.flatMap(({ bucket, ...rest }) => (bucket === undefined ? [] : [{ ...rest, bucket }]));
  const { rowCount } = await pool.query(INSERT, [
    rows.map(({ at }) => new Date(at)),
    rows.map(({ experimentId }) => experimentId),
    rows.map(({ variantId }) => variantId),
    rows.map(({ userId }) => userId),
    rows.map(({ bucket }) => bucket),
    rows.map(({ definitionVersion }) => definitionVersion),
    rows.map(({ propensity }) => propensity),
  ]);
  return rowCount ?? 0;
}
