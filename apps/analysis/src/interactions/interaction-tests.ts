import type { InteractionTest, OverlapTest } from '@assay/contracts';
import {
  adjustPValues,
  assignmentIndependence,
  factorial2x2,
  factorialWald,
  normalTwoSidedP,
  screenInteractions,
  type ArmEstimate,
} from '@assay/stats';
import { plainEffect } from '../results/adjusted-comparison.js';
import { overlapSums, type ExperimentSums, type OverlapSums } from './overlap-sums.js';
import type { ScannedExperiment } from './scanned-experiment.js';
import { partOf, usedArms, type HasTraffic } from './used-arms.js';

/** Below so many units a combination of variants says nothing. */
const SMALLEST_CELL = 20;
/** An answer lists no more; the rest has p-values only. */
const MOST_SHOWN = 1_000;
/** Level of the intervals that are shown. */
const INTERVAL_ALPHA = 0.05;

/** Everything a scan found, smallest p-values first; what is flagged depends on the level that is asked for. */
export interface ScanResult {
  readonly experiments: readonly string[];
  readonly pairs: number;
  readonly interactions: readonly Omit<InteractionTest, 'flagged'>[];
  readonly overlaps: readonly Omit<OverlapTest, 'flagged'>[];
}

export function scanInteractions(experiments: readonly ScannedExperiment[]): ScanResult {
  const sums = overlapSums(experiments);
  const found: (Omit<InteractionTest, 'flagged' | 'adjustedPValue' | 'interaction'> & Tested)[] = [];
  const overlaps: Omit<OverlapTest, 'flagged' | 'adjustedPValue'>[] = [];
  experiments.forEach((first, a) => {
    experiments.forEach((second, b) => {
      if (a === b) return;
      const units = sharedUnits(experiments, sums, a, b);
      if (units === 0) return;
      if (a < b) overlaps.push({ ...nameOf(first, second), units, ...independence(experiments, sums, a, b) });
      first.metrics.forEach((plan, metric) => {
        const test = interaction(experiments, sums, a, b, metric);
        if (test !== null) found.push({ ...nameOf(first, second), metric: plan.metric.name, units, ...test });
      });
    });
  });
  const screened = screenInteractions(found.map((pair) => ({ pair, pValue: pair.pValue })));
  const ranked = [...(screened.ok ? screened.value : [])].sort((x, y) => x.pValue - y.pValue);
  const interactions = ranked.map(({ pair: { cells, hasControls, ...test }, adjustedPValue }, rank) => ({
    ...test,
    adjustedPValue,
    interaction: rank < MOST_SHOWN && hasControls ? differenceOfEffects(cells) : null,
  }));
  return {
    experiments: experiments.map(({ plan }) => plan.definition.key),
    pairs: overlaps.length,
    interactions,
    overlaps: corrected(overlaps).sort((x, y) => (x.pValue ?? 1) - (y.pValue ?? 1)),
  };
}

const nameOf = (first: ScannedExperiment, second: ScannedExperiment): { experiment: string; with: string } => ({
  experiment: first.plan.definition.key,
  with: second.plan.definition.key,
});

const armsOf = (experiments: readonly ScannedExperiment[], index: number): number[] =>
  experiments[index]?.variants.map((_, arm) => arm) ?? [];

/** Units in both, by variant of the first and of the second. */
function unitTable(experiments: readonly ScannedExperiment[], sums: OverlapSums, a: number, b: number): number[][] {
  const second = sums.firstArm[b] ?? 0;
  const units = sums.experiments[a]?.units ?? new Float64Array(0);
  return armsOf(experiments, a).map((x) => armsOf(experiments, b).map((y) => units[x * sums.arms + second + y] ?? 0));
}

const sharedUnits = (experiments: readonly ScannedExperiment[], sums: OverlapSums, a: number, b: number): number =>
  unitTable(experiments, sums, a, b)
    .flat()
    .reduce((sum, count) => sum + count, 0);

function independence(
  experiments: readonly ScannedExperiment[],
  sums: OverlapSums,
  a: number,
  b: number,
): Pick<OverlapTest, 'statistic' | 'degreesOfFreedom' | 'pValue'> {
  const units = unitTable(experiments, sums, a, b);
  const test = assignmentIndependence(partOf(units, usedArms(units, trafficOf(experiments, a, b), 1)));
  return test.ok ? test.value : { statistic: null, degreesOfFreedom: null, pValue: null };
}

/** Variants that get units by the present plans. */
function trafficOf(experiments: readonly ScannedExperiment[], a: number, b: number): HasTraffic {
  const of = (index: number): boolean[] => {
    const { variants = [], plan } = experiments[index] ?? {};
    return variants.map(
      (variant) => plan?.definition.variants.find(({ id }) => id === variant)?.trafficAllocation !== 0,
    );
  };
  return { rows: of(a), columns: of(b) };
}

type Tested = Pick<InteractionTest, 'statistic' | 'degreesOfFreedom' | 'pValue'> & {
  readonly cells: readonly (readonly ArmEstimate[])[];
  /** Whether the first row and column are of the controls. */
  readonly hasControls: boolean;
};

/**
 * Does the effect of `a` on its own metric depend on the variant of `b`? Null where too few units can tell. Variants to which no
 * unit comes are left out of the table, the others are compared.
 */
function interaction(
  experiments: readonly ScannedExperiment[],
  sums: OverlapSums,
  a: number,
  b: number,
  metric: number,
): Tested | null {
  const all = armsOf(experiments, a).map((x) =>
    armsOf(experiments, b).map((y) => cellOf(sums.experiments[a], metric, x * sums.arms + (sums.firstArm[b] ?? 0) + y)),
  );
  const counts = all.map((row) => row.map(({ n }) => n));
  const used = usedArms(counts, trafficOf(experiments, a, b), SMALLEST_CELL);
  if (used.rows.length < 2 || used.columns.length < 2) return null;
  const cells = partOf(all, used);
  if (cells.flat().some(({ n }) => n < SMALLEST_CELL)) return null;
  if (cells.flat().some(({ variance }) => !(variance > 0))) return null;
  const test = contrast2x2(cells) ?? contrast(cells);
  return test === null ? null : { ...test, cells, hasControls: used.rows[0] === 0 && used.columns[0] === 0 };
}

type Contrast = Pick<InteractionTest, 'statistic' | 'degreesOfFreedom' | 'pValue'>;

/** Wald's statistic of two by two cells, which is most of a scan, without the matrices; null for other tables. */
function contrast2x2(cells: readonly (readonly ArmEstimate[])[]): Contrast | null {
  const [[c00, c01, third] = [], [c10, c11] = [], more] = cells;
  if (!c00 || !c01 || !c10 || !c11 || third !== undefined || more !== undefined) return null;
  const difference = c11.mean - c10.mean - (c01.mean - c00.mean);
  const z = difference / Math.sqrt([c00, c01, c10, c11].reduce((sum, { variance, n }) => sum + variance / n, 0));
  return { statistic: z * z, degreesOfFreedom: 1, pValue: normalTwoSidedP(z) };
}

function contrast(cells: readonly (readonly ArmEstimate[])[]): Contrast | null {
  const test = factorialWald(cells);
  return test.ok ? test.value.interaction : null;
}

function cellOf(experiment: ExperimentSums | undefined, metric: number, at: number): ArmEstimate {
  const [counts, sums, squares] = [experiment?.counts, experiment?.sums, experiment?.squares];
  const [n, sum, square] = [counts, sums, squares].map((each) => each?.[metric]?.[at] ?? 0) as [number, number, number];
  // Relative to the metric's own mean: a difference of differences is the same.
  const mean = n === 0 ? 0 : sum / n;
  return { n, mean, variance: n < 2 ? 0 : Math.max(0, square - n * mean * mean) / (n - 1) };
}

/** Of two experiments with two variants each. */
function differenceOfEffects(cells: readonly (readonly ArmEstimate[])[]): InteractionTest['interaction'] {
  const [[c00, c01, third] = [], [c10, c11] = [], more] = cells;
  if (!c00 || !c01 || !c10 || !c11 || third !== undefined || more !== undefined) return null;
  const effects = factorial2x2({ c00, c01, c10, c11 }, INTERVAL_ALPHA);
  if (!effects.ok) return null;
  const { estimate, standardError, ci } = effects.value.interaction;
  return plainEffect({ estimate, standardError, ci });
}

function corrected(
  overlaps: readonly Omit<OverlapTest, 'flagged' | 'adjustedPValue'>[],
): Omit<OverlapTest, 'flagged'>[] {
  const tested = overlaps.filter(({ pValue }) => pValue !== null);
  const places = new Map(tested.map((overlap, place) => [overlap, place]));
  const adjusted = adjustPValues(
    tested.map(({ pValue }) => pValue ?? 1),
    'bh',
  );
  return overlaps.map((overlap) => ({
    ...overlap,
    adjustedPValue: adjusted.ok ? (adjusted.value[places.get(overlap) ?? -1] ?? null) : null,
  }));
}
