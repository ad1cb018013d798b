import { adjustPValues } from '../../multiple-testing/adjust-p-values.js';
import { adjustedAlphas } from '../../multiple-testing/adjusted-alphas.js';
import { adjustedInterval } from '../../multiple-testing/adjusted-interval.js';
import type { Correction } from '../../multiple-testing/correction.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';

/** The set's names of corrections, without case and punctuation, and the library's. */
const NAMES: Readonly<Record<string, Correction>> = {
  none: 'none',
  bonferroni: 'bonferroni',
  sidak: 'sidak',
  holm: 'holm',
  holmbonferroni: 'holm',
  holmsidak: 'holm-sidak',
  hochberg: 'hochberg',
  hochbergbonferroni: 'hochberg',
  simes: 'hochberg',
  hochbergsidak: 'hochberg-sidak',
  hommel: 'hommel',
  bh: 'bh',
  benjaminihochberg: 'bh',
  by: 'by',
  benjaminiyekutieli: 'by',
};

function toCorrection(name: string): Correction {
  const correction = NAMES[name.toLowerCase().replaceAll(/[^a-z]/g, '')];
  if (correction === undefined) throw new Error(`no correction is called ${name}`);
  return correction;
}

function adjust(pValues: number[], method: string, alpha: number): unknown {
  const correction = toCorrection(method);
  return answer(adjustPValues(pValues, correction), (adjusted) => {
    const alphas = adjustedAlphas(pValues, correction, alpha);
    return {
      adjusted,
      reject: adjusted.map((p) => p <= alpha),
      adjustedAlpha: alphas.ok ? alphas.value : null,
    };
  });
}

interface AdjustedCiInput {
  pAdjusted: number;
  lift: number;
  alpha: number;
  originalCI: [number, number] | null;
}

const METHODS = ['bonferroni', 'holm', 'hochberg', 'hommel', 'sidak', 'holmSidak', 'hochbergSidak', 'bh', 'by'];

export const adapter: VectorAdapter = {
  adjustPValues: ({ pValues, alpha }: { pValues: number[]; alpha: number }) =>
    Object.fromEntries(METHODS.map((method) => [method, adjust(pValues, method, alpha)])),
  adjustPValuesOne: ({ pValues, method, alpha = 0.05 }: { pValues: number[]; method: string; alpha?: number }) =>
    adjust(pValues, method, alpha),
  adjustedCI: ({ pAdjusted, lift, alpha, originalCI }: AdjustedCiInput) =>
    answer(
      adjustedInterval({ estimate: lift, adjustedPValue: pAdjusted, alpha, originalCi: originalCI ?? undefined }),
      (ci) => ({ ci }),
    ),
};
