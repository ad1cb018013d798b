import { compareArms, meanFromVariance, proportionSummary, type ComparableSummary } from '@assay/stats';
import { perSecond, type Measured } from '../report.js';

const PAIRS = 1_000;
const RUN_MS = 1_500;

interface Pair {
  readonly control: ComparableSummary;
  readonly treatment: ComparableSummary;
}

/** Two-arm comparisons of the library in this process, one core: different arms each time, so that nothing is remembered. */
export function benchComparisons(): Measured[] {
  const means = Array.from({ length: PAIRS }, (_, index): Pair => ({
    control: meanFromVariance(10_000 + index, 20 + index / 500, 90 + index / 50),
    treatment: meanFromVariance(9_900 + index, 20.2 + index / 500, 95 + index / 40),
  }));
  const rates = Array.from({ length: PAIRS }, (_, index): Pair => ({
    control: proportionSummary(10_000 + index, 1_900 + index),
    treatment: proportionSummary(9_900 + index, 1_950 + index),
  }));
  const plain = rate(means, {});
  const sequential = { sequential: { method: 'asymptotic-cs', tuningParameter: 20_000 } } as const;
  const all = rate(means, sequential);
  const proportions = rate(rates, sequential);
  return [
    row('Welch, relative lift and Bayesian view', plain, 200_000),
    row('… with the sequential view', all, 50_000),
    row('two proportions, all three views', proportions, 50_000),
  ];
}

function rate(pairs: readonly Pair[], options: Parameters<typeof compareArms>[0] | object): number {
  const once = (): number => {
    let checked = 0;
    for (const pair of pairs) checked += compareArms({ ...options, ...pair }).pValue ?? 0;
    return checked;
  };
  for (let warm = 0; warm < 20; warm += 1) once();
  // Time on the processor, since the question is what one core does: others may be at work on this machine.
  const before = process.cpuUsage();
  const start = performance.now();
  let done = 0;
  for (; performance.now() - start < RUN_MS; done += pairs.length) once();
  const { user, system } = process.cpuUsage(before);
  return (done / (user + system)) * 1_000_000;
}

const row = (what: string, perRun: number, target: number): Measured => ({
  what,
  value: perSecond(perRun),
  target: `>= ${perSecond(target)}`,
  ok: perRun >= target,
});
