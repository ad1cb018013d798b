import { exactBinomialTest } from '../../srm/exact-binomial-test.js';
import { sequentialSrm } from '../../srm/sequential-srm.js';
import { srmTest } from '../../srm/srm-test.js';
import { twoArmSrmTest } from '../../srm/two-arm-srm-test.js';
import type { VectorAdapter } from '../compare.js';

interface SrmInput {
  readonly observed: number[];
  readonly weights: number[];
  readonly threshold: number;
}

interface TeaTastingInput {
  readonly control: number;
  readonly treatment: number;
  readonly ratio: number;
  readonly method: 'auto' | 'binom' | 'norm';
  readonly continuityCorrection: boolean;
}

function exactTwoArms({ observed, weights }: SrmInput): number | null {
  const [control = 0, treatment = 0] = observed;
  const [controlWeight = 0, treatmentWeight = 0] = weights;
  if (observed.length !== 2) return null;
  const outcome = exactBinomialTest(
    treatment,
    control + treatment,
    treatmentWeight / (controlWeight + treatmentWeight),
  );
  return outcome.ok ? outcome.value : null;
}

export const adapter: VectorAdapter = {
  srm: (input: SrmInput) => {
    const outcome = srmTest(input.observed, input.weights, { threshold: input.threshold, minimumPerArm: 0 });
    if (!outcome.ok) return { error: outcome.refusal.code };
    const { expected, observedShare, statistic, degreesOfFreedom, pValue, verdict } = outcome.value;
    return {
      expected,
      observedShare,
      chi2: statistic,
      df: degreesOfFreedom,
      pValue,
      mismatch: verdict === 'mismatch',
      binomialExactP: exactTwoArms(input),
    };
  },
  srmTeaTasting: (input: TeaTastingInput) => {
    const method = ({ auto: 'auto', binom: 'binomial', norm: 'normal' } as const)[input.method];
    const { continuityCorrection } = input;
    const outcome = twoArmSrmTest(input.control, input.treatment, input.ratio, { method, continuityCorrection });
    return outcome.ok ? { pValue: outcome.value } : { error: outcome.refusal.code };
  },
  sequentialSrm: (input: { cumulativeCounts: number[][]; weights: number[]; concentration?: number }) => {
    const outcome = sequentialSrm(input.cumulativeCounts, input.weights, input.concentration);
    return outcome.ok ? { looks: outcome.value } : { error: outcome.refusal.code };
  },
};
