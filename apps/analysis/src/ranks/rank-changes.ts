import { GrowingDoubles } from '../data/growing-doubles.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ranksEvents, type MetricPlan } from '../plan/metric-plan.js';
import type { UnitState } from '../units/unit-state.js';
import { rankKey, type RankRun, type RankSet } from './rank-run.js';
import { sortedRun } from './sorted-run.js';

/** Tuples as they come. */
interface Collected {
  readonly width: number;
  readonly values: GrowingDoubles;
  readonly ends: GrowingDoubles;
  readonly counts: GrowingDoubles;
}

/** Collects what changes of the units that metrics rank: the old tuple out, the new one in. */
export class RankChanges {
  private readonly experiments = new Map<string, Map<string, Collected>>();
  private collectedTuples = 0;

  /** How many tuples were collected. */
  get tuples(): number {
    return this.collectedTuples;
  }

  /** `before` undefined: the unit is new. */
  replace(plan: ExperimentPlan, before: UnitState | undefined, after: UnitState): void {
    for (const index of plan.ranked) {
      const metric = plan.metrics[index];
      if (metric === undefined) continue;
      const old = before === undefined ? null : tupleOf(plan, metric, before);
      const present = tupleOf(plan, metric, after);
      if (before?.variantId === after.variantId && isSame(old, present)) continue;
      if (before !== undefined && old !== null) this.put(plan, index, before.variantId, old, -1);
      if (present !== null) this.put(plan, index, after.variantId, present, 1);
    }
  }

  /** By experiment id; one whose ranked values are what they were is not there. */
  all(): Map<string, RankSet> {
    const all = new Map<string, RankSet>();
    for (const [experimentId, collected] of this.experiments) {
      const runs = [...collected].map(([key, tuples]): [string, RankRun] => [key, runOf(tuples)]);
      const set = new Map(runs.filter(([, { counts }]) => counts.length > 0));
      if (set.size > 0) all.set(experimentId, set);
    }
    return all;
  }

  private put(plan: ExperimentPlan, metric: number, variantId: string, tuple: ArrayLike<number>, count: number): void {
    const collected = this.of(plan, metric, variantId);
    // Never a negative zero: what is stored of the unit itself has none either.
    for (let at = 0; at < tuple.length; at += 1) collected.values.push((tuple[at] ?? 0) + 0);
    collected.counts.push(count);
    this.collectedTuples += 1;
    if (collected.width === 0) collected.ends.push(collected.values.length);
  }

  private of(plan: ExperimentPlan, metric: number, variantId: string): Collected {
    const { id } = plan.definition;
    const runs = this.experiments.get(id) ?? new Map<string, Collected>();
    this.experiments.set(id, runs);
    const key = rankKey(metric, variantId);
    const found = runs.get(key);
    if (found !== undefined) return found;
    const width = widthOf(plan.metrics[metric]);
    const made = { width, values: new GrowingDoubles(), ends: new GrowingDoubles(), counts: new GrowingDoubles() };
    runs.set(key, made);
    return made;
  }
}

/** Numbers of a unit's tuple; 0 where the values of its events are the tuple. */
const widthOf = (metric: MetricPlan | undefined): number =>
  metric === undefined || ranksEvents(metric) ? 0 : metric.dimensions;

/** Null for a unit that is in no result, or left out by the metric. */
function tupleOf(plan: ExperimentPlan, metric: MetricPlan, state: UnitState): ArrayLike<number> | null {
  if (state.conflicted) return null;
  const quantities = metric.quantities(state.cells);
  if (quantities === null || !ranksEvents(metric)) return quantities;
  return plan.lists.read(state.cells, metric.listIndex);
}

function isSame(a: ArrayLike<number> | null, b: ArrayLike<number> | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

const runOf = ({ width, values, ends, counts }: Collected): RankRun =>
  sortedRun({
    width,
    values: values.view(),
    ends: Uint32Array.from(ends.view()),
    counts: Int32Array.from(counts.view()),
  });
