import type { ExperimentDefinition } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { RecentAnswers } from '../data/recent-answers.js';
import { allocationEpochs, type AllocationEpoch } from './allocation-epochs.js';

/** Experiments whose history is held until there is a new version. */
const HELD = 500;

const REVISIONS = `
  SELECT version, created_at AS at, definition->>'status' = 'DRAFT' AS is_draft,
         (SELECT jsonb_object_agg(v->>'id', v->'trafficAllocation') FROM jsonb_array_elements(definition->'variants') v) AS weights
  FROM experimentation.experiment_revisions WHERE experiment_id = $1 ORDER BY version`;

interface RevisionRow {
  version: number;
  at: Date;
  is_draft: boolean;
  weights: Record<string, number> | null;
}

/** How an experiment has shared out its traffic so far, from the revisions that every change leaves behind. */
@Injectable()
export class AllocationReader {
  private readonly held = new RecentAnswers<readonly AllocationEpoch[]>(HELD);

  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  read(definition: ExperimentDefinition): Promise<readonly AllocationEpoch[]> {
    const present = definition.variants.map(({ id, trafficAllocation }) => [id, trafficAllocation]);
    const token = JSON.stringify([definition.version, present]);
    return this.held.put(definition.id, token, async () => {
      const { rows } = await this.pool.query<RevisionRow>({
        name: 'assay-read-allocations',
        text: REVISIONS,
        values: [definition.id],
      });
      const revisions = rows.map(({ version, at, is_draft, weights }) => {
        return { version, at, isDraft: is_draft, weights: weights ?? {} };
      });
      return allocationEpochs(definition, revisions);
    });
  }
}
