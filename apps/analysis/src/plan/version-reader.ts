import type { ExperimentDefinition } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { RecentAnswers } from '../data/recent-answers.js';
import type { StoredVersion } from './plan-in-force.js';

/** Experiments whose end is held. */
const HELD = 500;

const LATEST = `
  SELECT version, created_at AS at, definition AS document
  FROM experimentation.experiment_revisions WHERE experiment_id = $1 AND created_at <= $2 ORDER BY version DESC LIMIT 1`;

const END = `
  SELECT min(created_at) AS at FROM experimentation.experiment_revisions
  WHERE experiment_id = $1 AND definition->>'status' IN ('COMPLETED', 'ARCHIVED')`;

/** Earlier versions of experiments, from the revisions that every change leaves behind. */
@Injectable()
export class VersionReader {
  private readonly ends = new RecentAnswers<Date | null>(HELD);

  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  /** The last one that had been written by a moment. */
  async latest(experimentId: string, moment: Date): Promise<StoredVersion | undefined> {
    const { rows } = await this.pool.query<StoredVersion>(LATEST, [experimentId, moment]);
    return rows[0];
  }

  /** When an experiment that is over ended; null when no revision tells. */
  async endedAt({ id, version, status }: ExperimentDefinition): Promise<Date | null> {
    if (status !== 'COMPLETED' && status !== 'ARCHIVED') return null;
    return this.ends.put(id, String(version), async () => {
      const { rows } = await this.pool.query<{ at: Date | null }>(END, [id]);
      return rows[0]?.at ?? null;
    });
  }
}
