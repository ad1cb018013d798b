import { POOL } from '@assay/platform';
import { OTHER_SEGMENT } from '@assay/stats';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { epochsUntil, type AllocationEpoch } from '../plan/allocation-epochs.js';
import { AllocationReader } from '../plan/allocation-reader.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore } from './arm-store.js';
import { RecentAnswers } from './recent-answers.js';
import { ATTRIBUTE, attributePath, NO_SEGMENT } from './segment-reader.js';
import type { Split, SplitPart } from './split.js';
import type { Period } from './unit-scan.js';

const HELD = 200;
/** Around a change the time does not tell by which definition a unit was assigned: services learn of it one by one. */
const UNSURE_MS = 3_600_000;

/** Which units, and whether apart by an attribute. */
export interface SplitQuestion {
  /** Only what was stored by then; null for all. */
  readonly moment: Date | null;
  readonly period: Period;
  readonly segments: { readonly attribute: string; readonly names: readonly string[] } | null;
}

const EVERYTHING: SplitQuestion = { moment: null, period: { from: null, to: null }, segments: null };

const NOW = `
  SELECT user_id, variant_id, exposed_at FROM experimentation.unit_metrics WHERE experiment_id = $1 AND NOT conflicted`;

/** $1 the experiment, the moment as a parameter: first exposures of the units that were in one variant by then. */
const asOf = (moment: string): string => `
  SELECT user_id, (array_agg(variant_id ORDER BY at, variant_id))[1] AS variant_id, min(at) AS exposed_at FROM (
    SELECT user_id, variant_id, created_at AS at FROM experimentation.events
    WHERE experiment_id = $1 AND event_type = '$exposure' AND variant_id IS NOT NULL AND updated_at <= ${moment}
    UNION ALL
    SELECT user_id, variant_id, created_at FROM experimentation.assignments WHERE experiment_id = $1 AND created_at <= ${moment}
  ) seen GROUP BY user_id HAVING count(DISTINCT variant_id) = 1`;

/**
 * Counts units by the allocation that was in force when they were first exposed. Experiments that never changed it, which is
 * most of them, need no count: their sums tell.
 */
@Injectable()
export class SplitReader {
  private readonly held = new RecentAnswers<readonly SplitPart[]>(HELD);

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
    private readonly allocations: AllocationReader,
  ) {}

  async read(plan: ExperimentPlan, question: SplitQuestion = EVERYTHING): Promise<Split> {
    const epochs = epochsUntil(await this.allocations.read(plan.definition), question.moment);
    if (epochs.length < 2) return { epochs, parts: null };
    const count = (): Promise<readonly SplitPart[]> => this.count(plan, epochs, question);
    const { moment, period, segments } = question;
    // What is asked for once is counted once.
    if (moment !== null || period.from !== null || period.to !== null) return { epochs, parts: await count() };
    const token = (await this.arms.token(plan)) ?? (await this.arms.read(plan)).token;
    const name = `${plan.definition.id} ${segments?.attribute ?? ''}`;
    const present = JSON.stringify([plan.definition.version, segments?.names, token]);
    return { epochs, parts: await this.held.put(name, present, count) };
  }

  private async count(
    plan: ExperimentPlan,
    epochs: readonly AllocationEpoch[],
    { moment, period, segments }: SplitQuestion,
  ): Promise<SplitPart[]> {
    const values: unknown[] = [plan.definition.id];
    const value = (given: unknown): string => `$${values.push(given)}`;
    // The attribute's path is the second parameter.
    if (segments !== null) value(attributePath(segments.attribute));
    const named = `coalesce(s.value, '${NO_SEGMENT}')`;
    const segment =
      segments === null
        ? 'NULL::text'
        : `CASE WHEN ${named} = ANY(${value(segments.names)}::text[]) THEN ${named} ELSE '${OTHER_SEGMENT}' END`;
    const from = value(period.from);
    const to = value(period.to);
    const { rows } = await this.pool.query<SplitRow>(
      `SELECT u.variant_id, floor(extract(epoch FROM u.exposed_at) / 86400)::int AS day, ${segment} AS segment,
              ${epochOf(epochs, value)} AS epoch, count(*)::float8 AS units
       FROM (${moment === null ? NOW : asOf(`${value(moment)}::timestamptz`)}) u
       ${segments === null ? '' : `LEFT JOIN (${ATTRIBUTE}) s USING (user_id)`}
       WHERE (${from}::timestamptz IS NULL OR u.exposed_at >= ${from}) AND (${to}::timestamptz IS NULL OR u.exposed_at < ${to})
       GROUP BY 1, 2, 3, 4`,
      values,
    );
    return rows.map(({ variant_id, ...part }) => ({ variantId: variant_id, ...part }));
  }
}

type SplitRow = Omit<SplitPart, 'variantId'> & { variant_id: string };

/**
 * The number of the epoch as SQL over `u`: by the time of the first exposure, and near a change by the version of the
 * definition that the unit's assignment was made by, where it has one.
 */
function epochOf(epochs: readonly AllocationEpoch[], value: (given: unknown) => string): string {
  const later = epochs.slice(1);
  const starts = later.map(({ since }) => since?.getTime() ?? 0);
  const byTime = `width_bucket(u.exposed_at, ${value(starts.map(asDate))}::timestamptz[])`;
  const unsure = `width_bucket(u.exposed_at, ${value(windowsAround(starts).map(asDate))}::timestamptz[]) % 2 = 1`;
  const byVersion = `
    SELECT width_bucket(a.definition_version, ${value(later.map(({ version }) => version))}::int[])
    FROM experimentation.assignments a
    WHERE a.experiment_id = $1 AND a.user_id = u.user_id AND a.created_at <= u.exposed_at`;
  return `CASE WHEN ${unsure} THEN coalesce((${byVersion}), ${byTime}) ELSE ${byTime} END`;
}

const asDate = (time: number): Date => new Date(time);

/** Begin and end of the times near a change, those that touch as one: an odd bucket is within. */
export function windowsAround(starts: readonly number[]): number[] {
  const ends: number[] = [];
  for (const start of starts) {
    const last = ends.at(-1);
    if (last !== undefined && start - UNSURE_MS <= last) ends[ends.length - 1] = start + UNSURE_MS;
    else ends.push(start - UNSURE_MS, start + UNSURE_MS);
  }
  return ends;
}
