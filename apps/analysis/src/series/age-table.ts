import { freezeMoments, mergeMoments, type Moments } from '@assay/stats';
import type { MetricPlan } from '../plan/metric-plan.js';
import type { AgeMoments } from './novelty.js';

const DAY_MS = 86_400_000;
/** Effects that wear off do so within weeks. */
export const MOST_DAYS = 28;
/** The age of everything from before the exposure. */
export const BEFORE = -1;

/** Units of one variant that did something on one day after their exposure. */
export interface AgeRow {
  readonly variantId: string;
  /** 0 is the first day, `BEFORE` all before the exposure, `MOST_DAYS` all that is later. */
  readonly age: number;
  /** Units with at least one event. */
  readonly active: number;
  /** Over those units: their events, and the values of these. */
  readonly events: { readonly mean: number; readonly variance: number };
  readonly total: { readonly mean: number; readonly variance: number };
  /** Time of the last event, epoch milliseconds. */
  readonly last: number;
}

/** The units first exposed on one day. */
export interface Cohort {
  /** Another text whenever anything of these units has changed. */
  readonly token: string;
  /** By variant id. */
  readonly units: ReadonlyMap<string, number>;
  readonly rows: readonly AgeRow[];
}

/** One event type of an experiment's units by the day of their exposure (UTC, days since 1970). */
export type AgeTable = ReadonlyMap<number, Cohort>;

type Quantity = (row: AgeRow) => AgeRow['events'];

/** Aggregations that a day adds to; a day on which a unit did nothing counts as 0. */
const DAILY: Readonly<Record<string, Quantity>> = {
  exists: () => ({ mean: 1, variance: 0 }),
  count: ({ events }) => events,
  sum: ({ total }) => total,
};

/** What a unit's past is summed up by: as its covariate is. */
const EARLIER: Readonly<Record<string, Quantity>> = {
  ...DAILY,
  distinct: ({ events }) => events,
  funnel: () => ({ mean: 1, variance: 0 }),
};

/** Whether the value of a metric is a matter of days. */
export const hasAges = ({ metric }: Pick<MetricPlan, 'metric'>): boolean => metric.aggregationMethod in DAILY;

/** Whether every unit has a value of the metric for the time before its exposure, which the table tells. */
export const hasBefore = ({ metric }: Pick<MetricPlan, 'metric'>): boolean => metric.aggregationMethod in EARLIER;

/**
 * What units did on each day after their exposure. A day counts for those whose whole day of exposure lies so far back that the
 * data reach to the end of it, that is to the last event: days that nobody can have lived through would look like an
 * effect that wears off.
 */
export function agesOf(table: AgeTable, { metric, delayMs, windowMs }: MetricPlan): AgeMoments[] {
  const quantity = DAILY[metric.aggregationMethod];
  if (quantity === undefined) return [];
  const through = Math.max(-Infinity, ...[...table.values()].flatMap(({ rows }) => rows.map(({ last }) => last)));
  const isWithin = (age: number): boolean => age * DAY_MS >= delayMs && (age + 1) * DAY_MS <= delayMs + windowMs;
  const ages = Array.from({ length: MOST_DAYS }, (_, age) => age).filter(isWithin);
  return ages.flatMap((age): AgeMoments[] => {
    const complete = [...table].filter(([day]) => (day + 1 + age + 1) * DAY_MS <= through).map(([, cohort]) => cohort);
    return complete.length === 0 ? [] : [{ age, arms: armsAt(complete, age, quantity) }];
  });
}

/** What all units did before their exposure, by variant id. */
export function beforeOf(table: AgeTable, { metric }: MetricPlan): ReadonlyMap<string, Moments> {
  const quantity = EARLIER[metric.aggregationMethod];
  return quantity === undefined ? new Map() : armsAt([...table.values()], BEFORE, quantity);
}

/** Those who did something together with those who did nothing. */
function armsAt(cohorts: readonly Cohort[], age: number, quantity: Quantity): Map<string, Moments> {
  const arms = new Map<string, Moments>();
  const add = (variantId: string, moments: Moments): void => {
    const held = arms.get(variantId);
    arms.set(variantId, held === undefined ? moments : mergeMoments(held, moments));
  };
  for (const { units, rows } of cohorts) {
    const present = rows.filter((row) => row.age === age);
    for (const row of present) {
      const { mean, variance } = quantity(row);
      add(row.variantId, freezeMoments(row.active, [mean], [variance * Math.max(0, row.active - 1)]));
    }
    for (const [variantId, count] of units) {
      const active = present.find((row) => row.variantId === variantId)?.active ?? 0;
      add(variantId, freezeMoments(Math.max(0, count - active), [0], [0]));
    }
  }
  return arms;
}
