import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore } from './arm-store.js';
import { totalArms } from './arm-totals.js';
import type { ExperimentData } from './experiment-data.js';
import { presentToken } from './present-token.js';
import { RankReader } from './rank-reader.js';
import { RecentAnswers } from './recent-answers.js';
import { inSnapshot } from './snapshot.js';

/** Experiments whose data are held until something new comes. */
const HELD = 500;

/**
 * The present data of an experiment: the kept sums, and the kept values of units for what sums do not tell. They are read once
 * until something new comes.
 */
@Injectable()
export class DataReader {
  private readonly held = new RecentAnswers<ExperimentData>(HELD);

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
    private readonly ranks: RankReader,
  ) {}

  async current(plan: ExperimentPlan): Promise<ExperimentData> {
    const token = await presentToken(this.arms, plan);
    return this.held.put(plan.definition.id, readingOf(plan, token), () => this.read(plan));
  }

  /** Sums and units of one snapshot: the numbers of a document belong together. */
  private async read(plan: ExperimentPlan): Promise<ExperimentData> {
    const data = await inSnapshot(this.pool, (client) => this.readIn(client, plan));
    if (data !== undefined) return data;
    // Amended meanwhile: the shards have to be rebuilt before they are read.
    await this.arms.read(plan);
    return this.read(plan);
  }

  private async readIn(client: pg.ClientBase, plan: ExperimentPlan): Promise<ExperimentData | undefined> {
    const arms = await this.arms.readIn(client, plan);
    if (arms === undefined) return undefined;
    const ranked = await this.ranks.read(client, plan);
    const flow = await this.arms.flow(plan, client);
    return { totals: totalArms(plan, arms.parts), ranked, flow, through: arms.through };
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
