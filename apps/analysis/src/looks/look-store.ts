import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { LookTaken } from './look-taken.js';

const SELECT = `
  SELECT metric, variant_id AS "variantId", look, planned_look AS "plannedLook", taken_at AS "takenAt", units::float8 AS units,
         information_fraction AS "informationFraction", alpha, estimate, standard_error AS "standardError",
         relative_estimate AS "relativeEstimate", relative_standard_error AS "relativeStandardError", statistic,
         critical_value AS "criticalValue", alpha_spent AS "alphaSpent", crossed
  FROM experimentation.recorded_looks WHERE experiment_id = $1 ORDER BY metric, variant_id, look`;

const INSERT = `
  INSERT INTO experimentation.recorded_looks
    (experiment_id, metric, variant_id, look, planned_look, taken_at, units, information_fraction, alpha, estimate, standard_error,
     relative_estimate, relative_standard_error, statistic, critical_value, alpha_spent, crossed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`;

/** Units of every variant by the kept sums. */
const UNITS = `
  SELECT variant_id, sum(units)::float8 AS units FROM experimentation.arm_statistics WHERE experiment_id = $1 GROUP BY variant_id`;

/** The looks that were taken: only added to, one process at a time for an experiment. */
@Injectable()
export class LookStore {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  async read(experimentId: string): Promise<LookTaken[]> {
    return readLooks(this.pool, experimentId);
  }

  /**
   * Adds what `decide` makes of the looks that there are, and gives all. Whoever else wants to add to the same experiment waits,
   * and decides again by what is there then: no look is taken twice, none without the ones before it.
   */
  async extend(
    experimentId: string,
    decide: (taken: readonly LookTaken[]) => readonly LookTaken[],
  ): Promise<LookTaken[]> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('assay looks ' || $1, 0))`, [experimentId]);
      const taken = await readLooks(client, experimentId);
      const added = decide(taken);
      for (const look of added) await client.query(INSERT, valuesOf(experimentId, look));
      await client.query('COMMIT');
      client.release();
      return [...taken, ...added];
    } catch (error) {
      // The connection goes with its transaction.
      client.release(error instanceof Error ? error : true);
      throw error;
    }
  }

  async units(experimentId: string): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.pool.query<{ variant_id: string; units: number }>(UNITS, [experimentId]);
    return new Map(rows.map(({ variant_id, units }) => [variant_id, units]));
  }
}

async function readLooks(client: pg.ClientBase | pg.Pool, experimentId: string): Promise<LookTaken[]> {
  const { rows } = await client.query<LookTaken>({ name: 'assay-read-looks', text: SELECT, values: [experimentId] });
  return rows;
}

const valuesOf = (experimentId: string, look: LookTaken): unknown[] => [
  experimentId,
  look.metric,
  look.variantId,
  look.look,
  look.plannedLook,
  look.takenAt,
  look.units,
  look.informationFraction,
  look.alpha,
  look.estimate,
  look.standardError,
  look.relativeEstimate,
  look.relativeStandardError,
  look.statistic,
  look.criticalValue,
  look.alphaSpent,
  look.crossed,
];
