import {
  AppError,
  type ExperimentDefinition,
  type InteractionScan,
  type QueryOf,
  type readInteractions,
} from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Clock, POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { ArmStore } from '../data/arm-store.js';
import { RecentAnswers } from '../data/recent-answers.js';
import { inSnapshot } from '../data/snapshot.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { scanInteractions, type ScanResult } from './interaction-tests.js';
import { scanExperiment, type ScannedExperiment } from './scanned-experiment.js';

/** Projects whose scan is held until something new comes. */
const HELD = 50;

/** Experiments read at the same time. */
const AT_ONCE = 3;

const TOKENS = `
  SELECT experiment_id, string_agg(shard || '/' || variant_id || '/' || xmin::text, ' ' ORDER BY shard, variant_id) AS token
  FROM experimentation.arm_statistics WHERE experiment_id = ANY($1::uuid[]) GROUP BY experiment_id ORDER BY experiment_id`;

/** Looks at every pair of running experiments of a project. */
@Injectable()
export class InteractionsService {
  private readonly held = new RecentAnswers<ScanResult>(HELD);

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly experiments: ExperimentCatalog,
    private readonly arms: ArmStore,
    private readonly clock: Clock,
  ) {}

  async read(
    projectId: string,
    { alpha, limit, experiment }: QueryOf<typeof readInteractions>,
  ): Promise<InteractionScan> {
    const running = [...this.experiments.all()].filter(
      (each) => each.projectId === projectId && (each.status === 'ACTIVE' || each.status === 'PAUSED'),
    );
    const only = experiment === undefined ? undefined : this.keyOf(projectId, experiment);
    const concerns = (test: { experiment: string; with: string }): boolean =>
      only === undefined || test.experiment === only || test.with === only;
    const scan = await this.scan(projectId, running);
    const interactions = scan.interactions.filter(concerns);
    return {
      computedAt: this.clock.now().toISOString(),
      alpha,
      experiments: [...scan.experiments],
      pairs: scan.pairs,
      tests: interactions.length,
      interactions: interactions.slice(0, limit).map((test) => ({ ...test, flagged: test.adjustedPValue <= alpha })),
      overlaps: scan.overlaps
        .filter(concerns)
        .slice(0, limit)
        .map((test) => ({ ...test, flagged: test.adjustedPValue !== null && test.adjustedPValue <= alpha })),
    };
  }

  private keyOf(projectId: string, idOrKey: string): string {
    const found = this.experiments.find(projectId, idOrKey);
    if (found === undefined) throw AppError.notFound('Experiment', idOrKey);
    return found.key;
  }

  private async scan(projectId: string, running: readonly ExperimentDefinition[]): Promise<ScanResult> {
    const ids = running.map(({ id }) => id);
    const { rows } = await this.pool.query<{ experiment_id: string; token: string }>(TOKENS, [ids]);
    const present = JSON.stringify([running.map(({ id, version }) => [id, version]), rows]);
    return this.held.put(projectId, present, async () => {
      const withUnits = new Set(rows.map(({ experiment_id }) => experiment_id));
      const plans = running.filter(({ id }) => withUnits.has(id)).map(experimentPlan);
      const waiting = [...plans.entries()];
      const scanned: ScannedExperiment[] = [];
      const work = async (): Promise<void> => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          const [index, plan] = next;
          // Brings shards whose layout is older than the plan up to date.
          if ((await this.arms.token(plan)) === undefined) await this.arms.read(plan);
          scanned[index] = await inSnapshot(this.pool, (client) => scanExperiment(client, plan));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return scanInteractions(scanned);
    });
  }
}
