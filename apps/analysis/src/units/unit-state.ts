import { counts, isEarlier, type MetricEvent } from '../plan/metric-plan.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { tieOf } from '../plan/cell-rules.js';

/** A unit was seen in (or assigned to) a variant. */
export interface UnitExposure {
  readonly variantId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What one unit has done in one experiment. */
export interface UnitState {
  /** Variant of the first exposure. */
  readonly variantId: string;
  readonly exposedAt: number;
  /** Seen in more than one variant: counted, but in no result. */
  readonly conflicted: boolean;
  readonly cells: Float64Array;
}

/** First exposure and conflict after more exposures; the same for any order of them. Cells are left as they are. */
export function expose(
  plan: ExperimentPlan,
  state: UnitState | undefined,
  exposures: readonly UnitExposure[],
): UnitState {
  let first: UnitExposure | undefined =
    state === undefined ? undefined : { variantId: state.variantId, at: state.exposedAt };
  let conflicted = state?.conflicted ?? false;
  for (const exposure of exposures) {
    if (first === undefined) {
      first = exposure;
      continue;
    }
    conflicted ||= exposure.variantId !== first.variantId;
    const isEarlier = exposure.at < first.at || (exposure.at === first.at && exposure.variantId < first.variantId);
    if (isEarlier) first = exposure;
  }
  if (first === undefined) throw new Error('expose() needs a state or an exposure');
  return {
    variantId: first.variantId,
    exposedAt: first.at,
    conflicted,
    cells: state?.cells ?? plan.initialCells,
  };
}

/** The state with more events taken in. Events of other types, or outside a metric's periods, change nothing. */
export function foldEvents(plan: ExperimentPlan, state: UnitState, events: Iterable<MetricEvent>): UnitState {
  const cells = state.cells.slice();
  let listed: Map<number, number[]> | undefined;
  for (const event of events) {
    for (const use of plan.uses.get(event.eventType) ?? []) {
      const { rule, cellOffset, earlier, listIndex } = use.plan;
      const isCounted = counts(use.plan, event.at, state.exposedAt);
      if (!isCounted && !(earlier !== null && use.isEarlierToo && isEarlier(earlier, event.at, state.exposedAt)))
        continue;
      const folded = {
        at: event.at,
        tie: tieOf(event.key),
        value: use.source === 'numerator' ? use.plan.read(event) : use.plan.readDenominator(event),
        source: use.source,
        step: use.step,
      };
      if (!isCounted) earlier?.rule.fold(cells, earlier.cellOffset, folded);
      else if (rule.list === undefined) rule.fold(cells, cellOffset, folded);
      else listed = withEntry(listed, listIndex, rule.list.entry(folded));
    }
  }
  if (listed === undefined) return { ...state, cells };
  return { ...state, cells: plan.lists.add(cells, listed, (index) => isUnique(plan, index)) };
}

function withEntry(
  listed: Map<number, number[]> | undefined,
  index: number,
  entry: number | null,
): Map<number, number[]> | undefined {
  if (entry === null) return listed;
  const lists = listed ?? new Map<number, number[]>();
  const held = lists.get(index);
  if (held === undefined) lists.set(index, [entry]);
  else held.push(entry);
  return lists;
}

const isUnique = (plan: ExperimentPlan, index: number): boolean =>
  plan.metrics.some(({ listIndex, rule }) => listIndex === index && rule.list?.unique === true);

/** The state from nothing but its exposure and the unit's whole history. */
export function rebuildCells(plan: ExperimentPlan, state: UnitState, history: Iterable<MetricEvent>): UnitState {
  return foldEvents(plan, { ...state, cells: plan.initialCells }, history);
}
