import { AnalysisPlan, type ExperimentDefinition, type ExperimentResults, type Metric } from '@assay/contracts';
import { unchangedSplit } from '../data/split.js';
import { dueLooks } from '../looks/due-looks.js';
import type { LookTaken } from '../looks/look-taken.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { experimentResults, metricResults } from '../results/experiment-results.js';
import { aDefinition } from './a-definition.js';
import { dataOf, type UnitsOf } from './data-of.js';

export type PlanFields = Parameters<typeof AnalysisPlan.parse>[0];

const COMPUTED_AT = new Date('1970-01-11T00:00:00Z');

export interface Planned {
  readonly analysis?: PlanFields;
  readonly metrics: readonly (Partial<Metric> & Pick<Metric, 'name'>)[];
  readonly rest?: Partial<Omit<ExperimentDefinition, 'metrics' | 'analysis'>>;
}

/** Results of the given units, after ten days; the looks that are due by then are taken, if none were before. */
export function resultsOf(
  { analysis = {}, metrics, rest = {} }: Planned,
  units: readonly UnitsOf[],
  taken: readonly LookTaken[] = [],
): ExperimentResults {
  const definition = aDefinition({ metrics, analysis: AnalysisPlan.parse(analysis), ...rest });
  const plan = experimentPlan(definition);
  const given = { plan, data: dataOf(plan, units), strata: null, computedAt: COMPUTED_AT, ratedAt: COMPUTED_AT };
  const due = dueLooks(definition, metricResults({ ...given, looks: taken }), taken, COMPUTED_AT);
  const looks = [...taken, ...due];
  return experimentResults({ ...given, split: unchangedSplit(definition), looks, dimension: null, metric: undefined });
}

/** Variants `control`, `b`, `c` … with these shares of the traffic. */
export const armsOf = (...shares: readonly number[]): ExperimentDefinition['variants'] =>
  shares.map((trafficAllocation, index) => ({
    id: `0190b6a2-0000-7000-8000-00000000003${index}`,
    key: index === 0 ? 'control' : String.fromCharCode('a'.charCodeAt(0) + index),
    isControl: index === 0,
    trafficAllocation,
    configuration: {},
  }));

/** So many units in each arm, of which so many convert: of the first metric, and if given of a second one. */
export const ratesOf = (n: number, ...arms: readonly (number | readonly [number, number])[]): UnitsOf[] =>
  arms.flatMap((arm, variant) => {
    const [first, second] = typeof arm === 'number' ? [arm, 0] : arm;
    const both = Math.round((first * second) / n);
    return [
      { variant, players: both, cells: [1, 1] },
      { variant, players: first - both, cells: [1, 0] },
      { variant, players: second - both, cells: [0, 1] },
      { variant, players: n - first - second + both, cells: [0, 0] },
    ];
  });
