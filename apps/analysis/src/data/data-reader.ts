import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore } from './arm-store.js';
import { totalArms } from './arm-totals.js';
import type { ExperimentData } from './experiment-data.js';
import { RankedUnits, type RankedMetrics } from './ranked-units.js';
import { RecentAnswers } from './recent-answers.js';
import { inSnapshot } from './snapshot.js';
import { readUnitTable } from './unit-table.js';

/** Experiments whose data are held until something new comes. */
const HELD = 500;

/**
 * The present data of an experiment: the kept sums, and one pass over its units for what sums do not tell. They are read once
 * until something new comes.
 */
@Injectable()
export class DataReader {
  private readonly held = new RecentAnswers<ExperimentData>(HELD);

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
  ) {}

  async current(plan: ExperimentPlan): Promise<ExperimentData> {
    const token = (await this.arms.token(plan)) ?? (await this.arms.read(plan)).token;
    return this.held.put(plan.definition.id, readingOf(plan, token), () => this.read(plan));
  }

  /** Sums and units of one snapshot: the numbers of a document belong together. */
  private read(plan: ExperimentPlan): Promise<ExperimentData> {
    return inSnapshot(this.pool, async (client) => {
      const { parts, through } = await this.arms.read(plan, client);
      const ranked = await rank(client, plan);
      return { totals: totalArms(plan, parts), ranked, flow: await this.arms.flow(plan, client), through };
    });
  }
}

/** What the data depend on: the stored units, and how metrics rank them. */
function readingOf({ layoutHash, definition }: ExperimentPlan, token: string): string {
  const ranks = definition.metrics.map(({ name, quantile, capPercentile, ignoreZeros }) => [
    name,
    quantile,
    capPercentile,
    ignoreZeros,
  ]);
  const variants = definition.variants.map(({ id }) => id);
  return JSON.stringify([layoutHash, variants, ranks, token]);
}

async function rank(client: pg.ClientBase, plan: ExperimentPlan): Promise<RankedMetrics> {
  const metrics = plan.metrics.filter(({ isRanked }) => isRanked);
  const ranked = new RankedUnits(plan, metrics);
  if (metrics.length === 0) return ranked.results();
  for await (const group of readUnitTable(client, plan, metrics)) ranked.addGroup(group);
  return ranked.results();
}
