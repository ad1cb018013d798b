import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore, type StoredArms } from './arm-store.js';
import { totalArms } from './arm-totals.js';
import { RecentAnswers } from './recent-answers.js';
import type { ExperimentData } from './experiment-data.js';
import { RankedUnits, type RankedMetrics } from './ranked-units.js';
import { inSnapshot } from './snapshot.js';
import { readUnitTable } from './unit-table.js';

/** Experiments whose ranked metrics are held until something new comes. */
const HELD = 200;

/**
 * The present data of an experiment: the kept sums, and one pass over its units for what sums do not tell. That pass is
 * made once until something new comes.
 */
@Injectable()
export class DataReader {
  private readonly ranked = new RecentAnswers<RankedMetrics>(HELD);

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
  ) {}

  async current(plan: ExperimentPlan): Promise<ExperimentData> {
    const arms = await this.arms.read(plan);
    const flow = await this.arms.flow(plan);
    if (!plan.metrics.some(({ isRanked }) => isRanked)) return dataOf(plan, arms, new Map(), flow);
    const held = this.ranked.get(plan.definition.id, tokenOf(plan, arms));
    if (held !== undefined) return dataOf(plan, arms, await held, flow);
    // Sums and units of one snapshot: the numbers of a document belong together.
    return inSnapshot(this.pool, async (client) => {
      const now = await this.arms.read(plan, client);
      const ranked = this.ranked.put(plan.definition.id, tokenOf(plan, now), () => rank(client, plan));
      return dataOf(plan, now, await ranked, await this.arms.flow(plan, client));
    });
  }
}

/** What ranked numbers depend on: the stored units, and how metrics rank them. */
function tokenOf({ layoutHash, definition }: ExperimentPlan, { token }: StoredArms): string {
  const ranks = definition.metrics.map(({ name, quantile, capPercentile, ignoreZeros }) => [
    name,
    quantile,
    capPercentile,
    ignoreZeros,
  ]);
  return JSON.stringify([layoutHash, ranks, token]);
}

async function rank(client: pg.ClientBase, plan: ExperimentPlan): Promise<RankedMetrics> {
  const ranked = new RankedUnits(plan);
  const metrics = plan.metrics.filter(({ isRanked }) => isRanked);
  for await (const { variantId, each } of readUnitTable(client, plan, metrics)) {
    each((cells) => ranked.add(variantId, cells));
  }
  return ranked.results();
}

const dataOf = (
  plan: ExperimentPlan,
  { parts, through }: StoredArms,
  ranked: RankedMetrics,
  flow: ExperimentData['flow'],
): ExperimentData => ({ totals: totalArms(plan, parts), ranked, flow, through });
