import { quantileFromRanks, type QuantileClusters, type QuantileSummary } from '@assay/stats';
import { PooledValues } from './order-statistics.js';
import { startOf, unitsOf, type RankRun } from './rank-run.js';

/** The quantile of units: of the one number that each tuple is. */
export function unitQuantile(runs: readonly RankRun[], nu: number): QuantileSummary {
  const pooled = new PooledValues(runs);
  return quantileFromRanks(pooled.length, nu, (levels) => pooled.at(levels));
}

/** The quantile of events, with the units as clusters: each tuple is the values of a unit's events. */
export function eventQuantile(runs: readonly RankRun[], nu: number): QuantileSummary {
  const summary = unitQuantile(runs.map(valuesOf), nu);
  const sums = { count: 0, belowSum: 0, belowSquares: 0, sizeSum: 0, sizeSquares: 0, product: 0 };
  for (const run of runs) {
    const part = clustersOf(run, summary.quantile);
    sums.count += part.count;
    sums.belowSum += part.belowSum;
    sums.belowSquares += part.belowSquares;
    sums.sizeSum += part.sizeSum;
    sums.sizeSquares += part.sizeSquares;
    sums.product += part.product;
  }
  return Object.freeze({ ...summary, clusters: Object.freeze(sums) });
}

/** The run of units that have one number each, in any order. */
export const unitRun = (values: Float64Array): RankRun => countedOnce(values.slice().sort());

const flat = new WeakMap<RankRun, RankRun>();

/** The values of all events of a run of units, in ascending order; kept beside the run. */
function valuesOf(run: RankRun): RankRun {
  const held = flat.get(run);
  if (held !== undefined) return held;
  const made = countedOnce(repeated(run).sort());
  flat.set(run, made);
  return made;
}

function repeated(run: RankRun): Float64Array {
  let length = 0;
  run.counts.forEach((count, tuple) => {
    length += count * (startOf(run, tuple + 1) - startOf(run, tuple));
  });
  const values = new Float64Array(length);
  let at = 0;
  run.counts.forEach((count, tuple) => {
    const tupleValues = run.values.subarray(startOf(run, tuple), startOf(run, tuple + 1));
    for (let unit = 0; unit < count; unit += 1, at += tupleValues.length) values.set(tupleValues, at);
  });
  return values;
}

/** Sorted values, each once with how often it is there. */
function countedOnce(sorted: Float64Array): RankRun {
  const values = new Float64Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let used = 0;
  for (const value of sorted) {
    if (used > 0 && values[used - 1] === value) {
      counts[used - 1] = (counts[used - 1] ?? 0) + 1;
      continue;
    }
    values[used] = value;
    counts[used] = 1;
    used += 1;
  }
  return { width: 1, values: values.slice(0, used), counts: counts.slice(0, used), ends: new Uint32Array(0) };
}

const clusters = new WeakMap<RankRun, { readonly quantile: number; readonly sums: QuantileClusters }>();

function clustersOf(run: RankRun, quantile: number): QuantileClusters {
  const held = clusters.get(run);
  if (held?.quantile === quantile) return held.sums;
  const sums = { count: unitsOf(run), belowSum: 0, belowSquares: 0, sizeSum: 0, sizeSquares: 0, product: 0 };
  run.counts.forEach((count, tuple) => {
    const start = startOf(run, tuple);
    const size = startOf(run, tuple + 1) - start;
    let below = 0;
    while (below < size && (run.values[start + below] ?? NaN) <= quantile) below += 1;
    sums.belowSum += count * below;
    sums.belowSquares += count * below * below;
    sums.sizeSum += count * size;
    sums.sizeSquares += count * size * size;
    sums.product += count * below * size;
  });
  clusters.set(run, { quantile, sums });
  return sums;
}
