import { binomialPmf } from '../distributions/binomial.js';

const GRID = 256;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Which tables (control conversions `i`, treatment conversions `j`) count as at least as extreme as the observed. */
export type IsExtreme = (i: number, j: number) => boolean;

/**
 * The unconditional exact p-value: the largest probability of the extreme tables over all common rates `π` (Barnard
 * 1945). The maximum is sought on a grid, finer towards 0 and 1, and polished by golden section around the best places.
 */
export function unconditionalPValue(controls: number, treated: number, isExtreme: IsExtreme): number {
  const rows = Array.from({ length: controls + 1 }, (_, i) => extremeRuns(treated, (j) => isExtreme(i, j)));
  const probability = (angle: number): number => {
    const rate = Math.sin(angle) ** 2;
    return extremeProbability(rows, binomialRow(controls, rate), binomialRow(treated, rate), treated);
  };
  const step = Math.PI / 2 / GRID;
  const values = Array.from({ length: GRID + 1 }, (_, k) => probability(k * step));
  const peaks = [...values.keys()]
    .filter((k) => (values[k] ?? 0) >= (values[k - 1] ?? 0) && (values[k] ?? 0) >= (values[k + 1] ?? 0))
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
    .slice(0, 4);
  const best = peaks.map((k) => goldenMaximum(probability, Math.max(0, k - 1) * step, Math.min(GRID, k + 1) * step));
  return Math.min(1, Math.max(...values, ...best));
}

/** Stretches `[from, to]` of extreme `j` in one row. */
function extremeRuns(treated: number, isExtreme: (j: number) => boolean): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  let from = -1;
  for (let j = 0; j <= treated + 1; j++) {
    const inside = j <= treated && isExtreme(j);
    if (inside && from < 0) from = j;
    if (!inside && from >= 0) {
      runs.push([from, j - 1]);
      from = -1;
    }
  }
  return runs;
}

function extremeProbability(
  rows: readonly (readonly (readonly [number, number])[])[],
  controlRow: Float64Array,
  treatmentRow: Float64Array,
  treated: number,
): number {
  const fromBelow = cumulate(treatmentRow);
  const fromAbove = cumulate(treatmentRow.slice().reverse());
  let sum = 0;
  rows.forEach((runs, i) => {
    const weight = controlRow[i] ?? 0;
    if (weight === 0) return;
    for (const [from, to] of runs) sum += weight * mass(from, to, fromBelow, fromAbove, treated);
  });
  return sum;
}

/** Probability of `from <= j <= to`; a stretch at either end is read from that side, which keeps small tails exact. */
function mass(from: number, to: number, fromBelow: Float64Array, fromAbove: Float64Array, treated: number): number {
  if (from === 0) return fromBelow[to] ?? 0;
  if (to === treated) return fromAbove[treated - from] ?? 0;
  return (fromBelow[to] ?? 0) - (fromBelow[from - 1] ?? 0);
}

function cumulate(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** Binomial probabilities of 0 … n by the ratio of neighbours outwards from the mode. */
function binomialRow(n: number, rate: number): Float64Array {
  const row = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * rate));
  row[mode] = binomialPmf(mode, n, Math.min(1, rate));
  const odds = rate / (1 - rate);
  for (let k = mode; k < n; k++) row[k + 1] = (row[k] ?? 0) * (((n - k) / (k + 1)) * odds);
  for (let k = mode; k > 0; k--) row[k - 1] = (row[k] ?? 0) * (k / ((n - k + 1) * odds));
  return row;
}

function goldenMaximum(f: (x: number) => number, low: number, high: number): number {
  let a = low;
  let b = high;
  let left = b - GOLDEN * (b - a);
  let right = a + GOLDEN * (b - a);
  let atLeft = f(left);
  let atRight = f(right);
  for (let i = 0; i < 40; i++) {
    if (atLeft >= atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - GOLDEN * (b - a);
      atLeft = f(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + GOLDEN * (b - a);
      atRight = f(right);
    }
  }
  return Math.max(atLeft, atRight);
}
