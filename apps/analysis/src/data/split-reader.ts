import { POOL } from '@assay/platform';
import { OTHER_SEGMENT } from '@assay/stats';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { epochsUntil, type AllocationEpoch } from '../plan/allocation-epochs.js';
import { AllocationReader } from '../plan/allocation-reader.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { bucketOf, changesOf, unsureDays, unsureTimes, type Bounds } from '../plan/unsure-times.js';
import { ArmStore } from './arm-store.js';
import { ALL_UNITS, exposedUnits, parametersOf, type Parameter, type UnitsAsked } from './exposed-units.js';
import { presentToken } from './present-token.js';
import { RecentAnswers } from './recent-answers.js';
import type { Split, SplitPart } from './split.js';
import { NO_SEGMENT, unitAttribute } from './unit-attribute.js';
import { inSnapshot } from './snapshot.js';

const HELD = 200;
const DAY_MS = 86_400_000;

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
    const token = await presentToken(this.arms, plan);
    const name = `${plan.definition.id} ${segments?.attribute ?? ''}`;
    const present = JSON.stringify([plan.definition.version, segments?.names, token]);
    const read = segments === null ? () => this.countUnsure(plan, epochs) : count;
    return { epochs, parts: await this.held.put(name, present, read) };
  }

  /** Most days lie in one epoch as a whole, and their sums are kept: only the units of the others are counted. */
  private countUnsure(plan: ExperimentPlan, epochs: readonly AllocationEpoch[]): Promise<SplitPart[]> {
    const changes = changesOf(epochs);
    const days = unsureDays(changes);
    return inSnapshot(this.pool, async (client) => {
      const kept = (await this.arms.flow(plan, client)).filter(({ day }) => bucketOf(days, day * DAY_MS) % 2 === 0);
      const sure = kept.map(({ variantId, day, units }): SplitPart => {
        return { variantId, day, units, segment: null, epoch: bucketOf(changes, day * DAY_MS) };
      });
      return [...sure, ...(await this.count(plan, epochs, ALL_UNITS, null, { client, within: days }))];
    });
  }

  private async count(
    plan: ExperimentPlan,
    epochs: readonly AllocationEpoch[],
    asked: UnitsAsked,
    segments: SplitSegments | null,
    part: { readonly client: pg.ClientBase; readonly within: Bounds } | null = null,
  ): Promise<SplitPart[]> {
    const { values, parameter } = parametersOf(plan.definition.id);
    const { key, join } = segmentOf(segments, parameter, asked);
    const where = part === null ? '' : `WHERE ${isWithin(part.within, parameter)}`;
    // Apart from its columns, so that it is known that there are few groups: no million rows are sorted.
    const { rows } = await (part?.client ?? this.pool).query<SplitRow>(
      `SELECT variant_id, day, segment, epoch, count(*)::float8 AS units FROM (
         SELECT u.variant_id, floor(date_part('epoch', u.exposed_at) / 86400)::int AS day, ${key} AS segment,
                ${epochOf(epochs, parameter)} AS epoch
         FROM (${exposedUnits(asked, parameter)}) u ${join} ${where} OFFSET 0) parted
       GROUP BY variant_id, day, segment, epoch`,
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
function epochOf(epochs: readonly AllocationEpoch[], parameter: Parameter): string {
  const changes = changesOf(epochs);
  const versions = epochs.slice(1).map(({ version }) => version);
  const byTime = `width_bucket(u.exposed_at, ${times(changes, parameter)})`;
  const byVersion = `
    SELECT width_bucket(a.definition_version, ${parameter(versions)}::int[])
    FROM experimentation.assignments a
    WHERE a.experiment_id = $1 AND a.user_id = u.user_id AND a.created_at <= u.exposed_at`;
  const isUnsure = isWithin(unsureTimes(changes), parameter);
  return `CASE WHEN ${isUnsure} THEN coalesce((${byVersion}), ${byTime}) ELSE ${byTime} END`;
}

const isWithin = (bounds: Bounds, parameter: Parameter): string =>
  `width_bucket(u.exposed_at, ${times(bounds, parameter)}) % 2 = 1`;

const times = (values: Bounds, parameter: Parameter): string =>
  `${parameter(values.map((time) => new Date(time)))}::timestamptz[]`;
