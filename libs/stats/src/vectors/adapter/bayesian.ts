import { betaBestOfArms } from '../../bayesian/beta-best-of-arms.js';
import { betaBinomial } from '../../bayesian/beta-binomial.js';
import { betaPosterior, UNIFORM_PRIOR, type BetaShape } from '../../bayesian/beta-posterior.js';
import { effectPosterior } from '../../bayesian/effect-posterior.js';
import { expectedExcess } from '../../bayesian/expected-excess.js';
import { normalBestOfArms } from '../../bayesian/normal-best-of-arms.js';
import { normalPosterior, type NormalPosterior } from '../../bayesian/normal-posterior.js';
import type { NormalPrior } from '../../bayesian/normal-prior.js';
import { effect } from '../../effect/effect.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';
import { readArm } from './relative_lift.js';

export interface VectorPrior {
  proper: boolean;
  mean?: number;
  variance?: number;
}

type ArmInput = Parameters<typeof readArm>[0];

interface VectorArm {
  n: number;
  x: number;
}

interface NormalPosteriorInput {
  estimate: number;
  se: number;
  prior: VectorPrior;
  alpha: number;
  inverse?: boolean;
}

interface BetaBinomialInput {
  control: VectorArm;
  treatment: VectorArm;
  prior?: BetaShape;
  alpha: number;
}

interface EffectPosteriorInput {
  control: ArmInput;
  treatment: ArmInput;
  differenceType: 'absolute' | 'relative';
  prior: VectorPrior;
  alpha: number;
  inverse?: boolean;
}

export function toPrior(prior: VectorPrior): NormalPrior | null {
  return prior.proper ? { mean: prior.mean ?? 0, variance: prior.variance ?? 1 } : null;
}

function posteriorFields(posterior: NormalPosterior): unknown {
  return {
    posteriorMean: posterior.mean,
    posteriorStd: posterior.standardDeviation,
    chanceToWin: posterior.chanceToWin,
    ci: posterior.ci,
    risk: [posterior.lossOfKeepingControl, posterior.lossOfShippingTreatment],
  };
}

const toArm = ({ n, x }: VectorArm): { n: number; successes: number } => ({ n, successes: x });

function gaussianEffectPosterior(input: EffectPosteriorInput): unknown {
  const { differenceType, alpha, inverse = false } = input;
  const control = readArm(input.control);
  const outcome = effect({ control, treatment: readArm(input.treatment), differenceType, alpha });
  return answer(outcome, ({ estimate, standardError }) =>
    answer(
      effectPosterior(
        { kind: differenceType, estimate, standardError, controlMean: control.mean },
        { alpha, prior: toPrior(input.prior), lowerIsBetter: inverse },
      ),
      posteriorFields,
    ),
  );
}

export const adapter: VectorAdapter = {
  gaussianEffectPosterior,
  normalPosterior: ({ estimate, se, prior, alpha, inverse = false }: NormalPosteriorInput) =>
    answer(normalPosterior(estimate, se, { alpha, prior: toPrior(prior), lowerIsBetter: inverse }), posteriorFields),
  expectedLossNormal: ({ mean, std }: { mean: number; std: number }) => ({
    risk: [expectedExcess(mean, std), expectedExcess(-mean, std)],
  }),
  betaBinomial: ({ control, treatment, prior = UNIFORM_PRIOR, alpha }: BetaBinomialInput) =>
    answer(betaBinomial(toArm(control), toArm(treatment), prior, alpha), (result) => ({
      posteriorC: [result.control.alpha, result.control.beta],
      posteriorT: [result.treatment.alpha, result.treatment.beta],
      meanC: result.control.mean,
      meanT: result.treatment.mean,
      ciC: result.control.ci,
      ciT: result.treatment.ci,
      chanceToWin: result.chanceToWin,
      expectedLossChoosingTreatment: result.lossOfShippingTreatment,
      expectedLossChoosingControl: result.lossOfKeepingControl,
      diffCI: result.differenceCi,
    })),
  betaBinomialMultiArm: ({ arms, prior = UNIFORM_PRIOR }: { arms: VectorArm[]; prior?: BetaShape }) =>
    answer(betaBestOfArms(arms.map(toArm), prior), (result) => result),
  normalMultiArm: ({ means, stds, inverse = false }: { means: number[]; stds: number[]; inverse?: boolean }) =>
    answer(
      normalBestOfArms(
        means.map((mean, arm) => ({ mean, standardDeviation: stds[arm] ?? NaN })),
        inverse,
      ),
      (result) => result,
    ),
  betaCredibleInterval: ({ x, n, prior = UNIFORM_PRIOR, alpha }: VectorArm & { prior?: BetaShape; alpha: number }) =>
    answer(betaPosterior({ n, successes: x }, prior, alpha), (posterior) => posterior),
};
