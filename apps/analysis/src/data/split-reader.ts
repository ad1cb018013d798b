import { POOL } from '@assay/platform';
import { OTHER_SEGMENT } from '@assay/stats';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { epochsUntil, type AllocationEpoch } from '../plan/allocation-epochs.js';
import { AllocationReader } from '../plan/allocation-reader.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore } from './arm-store.js';
import { ALL_UNITS, exposedUnits, parametersOf, type Parameter, type UnitsAsked } from './exposed-units.js';
import { RecentAnswers } from './recent-answers.js';
import type { Split, SplitPart } from './split.js';
import { NO_SEGMENT, unitAttribute } from './unit-attribute.js';

const HELD = 200;
/** Around a change the time does not tell by which definition a unit was assigned: services learn of it one by one. */
const UNSURE_MS = 3_600_000;

/** Units apart by the values of an attribute; those of other values count together. */
export interface SplitSegments {
  readonly attribute: string;
  readonly names: readonly string[];
}

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

  async read(
    plan: ExperimentPlan,
    asked: UnitsAsked = ALL_UNITS,
    segments: SplitSegments | null = null,
  ): Promise<Split> {
    const epochs = epochsUntil(await this.allocations.read(plan.definition), asked.moment);
    if (epochs.length < 2) return { epochs, parts: null };
    const count = (): Promise<readonly SplitPart[]> => this.count(plan, epochs, asked, segments);
    const { moment, period } = asked;
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
    asked: UnitsAsked,
    segments: SplitSegments | null,
  ): Promise<SplitPart[]> {
    const { values, parameter } = parametersOf(plan.definition.id);
    const { key, join } = segmentOf(segments, parameter, asked);
    const { rows } = await this.pool.query<SplitRow>(
      `SELECT u.variant_id, floor(extract(epoch FROM u.exposed_at) / 86400)::int AS day, ${key} AS segment,
              ${epochOf(epochs, parameter)} AS epoch, count(*)::float8 AS units
       FROM (${exposedUnits(asked, parameter)}) u ${join}
       GROUP BY 1, 2, 3, 4`,
      values,
    );
    return rows.map(({ variant_id, ...part }) => ({ variantId: variant_id, ...part }));
  }
}

function segmentOf(
  segments: SplitSegments | null,
  parameter: Parameter,
  { moment }: UnitsAsked,
): { key: string; join: string } {
  if (segments === null) return { key: 'NULL::text', join: '' };
  const named = `coalesce(s.value, '${NO_SEGMENT}')`;
  return {
    key: `CASE WHEN ${named} = ANY(${parameter(segments.names)}::text[]) THEN ${named} ELSE '${OTHER_SEGMENT}' END`,
    join: `LEFT JOIN (${unitAttribute(segments.attribute, parameter, moment)}) s USING (user_id)`,
  };
}

type SplitRow = Omit<SplitPart, 'variantId'> & { variant_id: string };

/**
 * The number of the epoch as SQL over `u`: by the time of the first exposure, and near a change by the version of the
 * definition that the unit's assignment was made by, where it has one.
 */
function epochOf(epochs: readonly AllocationEpoch[], value: Parameter): string {
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
