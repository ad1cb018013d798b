import { armEstimate } from '../../effect/arm-estimate.js';
import { effect } from '../../effect/effect.js';
import { relativeVariance } from '../../effect/relative-variance.js';
import { allocationSampleSize } from '../../power/allocation-sample-size.js';
import { bayesianPower } from '../../power/bayesian-power.js';
import { duration, type DurationInput } from '../../power/duration.js';
import { meanMde } from '../../power/mean-mde.js';
import { meanPower } from '../../power/mean-power.js';
import { meanSampleSize, meanSampleSizeT } from '../../power/mean-sample-size.js';
import { midExperimentPower, type MidExperimentEngine } from '../../power/mid-experiment-power.js';
import { proportionPower, type ProportionPowerInput } from '../../power/proportion-power.js';
import { proportionSampleSize, type ProportionSampleSizeInput } from '../../power/proportion-sample-size.js';
import { relativeMde } from '../../power/relative-mde.js';
import { relativePower } from '../../power/relative-power.js';
import { relativeSampleSize } from '../../power/relative-sample-size.js';
import { meanFromSums } from '../../summary/mean-summary.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';
import { toPrior, type VectorPrior } from './bayesian.js';

interface MeanInput {
  difference: number;
  sd: number;
  alpha: number;
  power: number;
  ratio: number;
}

interface RelativeInput {
  mean: number;
  variance: number;
  effect: number;
  nTotal: number;
  nVariations: number;
  alpha: number;
  sequentialTuningParameter: number | null;
  targetPower: number;
}

interface BayesianInput {
  mean: number;
  variance: number;
  effect: number;
  nPerVariation: number;
  alpha: number;
  prior: VectorPrior;
  relative: boolean;
}

interface SampleSizeRelativeInput {
  mean: number;
  variance: number;
  mde: number;
  alpha: number;
  power: number;
  nVariations: number;
}

interface SpotifyInput {
  absoluteMde: number;
  variance: number;
  alpha: number;
  power: number;
  treatments: number;
  comparisons: 'control_vs_all' | 'all_vs_all';
}

interface SumsInput {
  n: number;
  sum: number;
  sumSquares: number;
}

interface MidExperimentInput {
  control: SumsInput;
  treatment: SumsInput;
  differenceType: 'absolute' | 'relative';
  engine: string;
  targetMde: number;
  targetPower: number;
  prior: VectorPrior;
  tuningParameter: number;
  alpha: number;
  numGoalMetrics: number;
  numVariations: number;
  pValueCorrected: boolean;
}

interface DeltaVarianceInput {
  varC: number;
  meanC: number;
  nC: number;
  varT: number;
  meanT: number;
  nT: number;
  relative: boolean;
}

function deltaVariance({ varC, meanC, nC, varT, meanT, nT, relative }: DeltaVarianceInput): unknown {
  const control = { n: nC, mean: meanC, variance: varC };
  const treatment = { n: nT, mean: meanT, variance: varT };
  if (relative) return { variance: relativeVariance(control, treatment) };
  return answer(effect({ control, treatment, differenceType: 'absolute', alpha: 0.05 }), ({ standardError }) => ({
    variance: standardError ** 2,
  }));
}

function toEngine({ engine, prior, tuningParameter }: MidExperimentInput): MidExperimentEngine {
  if (engine.startsWith('seq')) return { kind: 'sequential', tuningParameter };
  return engine.startsWith('bayes') ? { kind: 'bayesian', prior: toPrior(prior) } : { kind: 'fixed' };
}

function midExperiment(input: MidExperimentInput): unknown {
  const arm = ({ n, sum, sumSquares }: SumsInput) => armEstimate(meanFromSums(n, sum, sumSquares));
  const { differenceType, alpha, targetPower } = input;
  const arms = { control: arm(input.control), treatment: arm(input.treatment) };
  return answer(effect({ ...arms, differenceType, alpha }), ({ standardError }) =>
    answer(
      midExperimentPower({
        standardError,
        n: input.control.n + input.treatment.n,
        targetEffect: input.targetMde,
        targetPower,
        alpha,
        engine: toEngine(input),
        goalMetrics: input.numGoalMetrics,
        tests: input.pValueCorrected ? (input.numVariations - 1) * input.numGoalMetrics : 1,
      }),
      ({ powerNow, scalingFactor, additionalUnits }) => ({
        se: standardError,
        powerNow,
        scalingFactor,
        additionalUsers: additionalUnits,
      }),
    ),
  );
}

function sampleSizeMean({ difference, sd, alpha, power, ratio }: MeanInput): unknown {
  const design = { difference, varianceControl: sd * sd, alpha, power, ratio };
  return answer(meanSampleSizeT(design), (nControlT) => {
    const nControl = Math.ceil(nControlT);
    const sizes = { standardDeviation: sd, nControl, nTreatment: ratio * nControl, alpha };
    return answer(meanPower({ ...sizes, difference }), (atCeil) => ({
      nControlZ: answer(meanSampleSize(design), (n) => n),
      nControlT,
      powerT_at_ceil: atCeil.power,
      noncentrality: atCeil.noncentrality,
      df: atCeil.degreesOfFreedom,
      mdeT_at_ceil: answer(meanMde({ ...sizes, power }), (mde) => mde),
    }));
  });
}

export const adapter: VectorAdapter = {
  sampleSizeProportion: (input: ProportionSampleSizeInput) =>
    answer(proportionSampleSize(input), ({ pooled, unpooled, arcsine, cohenH }) => ({
      nControlPooled: pooled,
      nControlUnpooled: unpooled,
      nControlArcsine: arcsine,
      cohenH,
      nCeilPooled: [Math.ceil(pooled), Math.ceil(pooled * (input.ratio ?? 1))],
    })),
  powerProportion: (input: ProportionPowerInput) =>
    answer(proportionPower(input), (power) => ({ powerTwoSidedUnpooled: power })),
  sampleSizeMean,
  deltaVariance,
  midExperimentPower: midExperiment,
  powerRelativeGrowthBook: (input: RelativeInput) => {
    const { mean, variance, alpha } = input;
    const design = { mean, variance, alpha, sequentialTuning: input.sequentialTuningParameter ?? undefined };
    const n = input.nTotal / input.nVariations;
    return {
      power: answer(relativePower(design, input.effect, n), (power) => power),
      mde: answer(relativeMde(design, input.targetPower, n), (mde) => mde),
    };
  },
  powerBayesianGrowthBook: ({ mean, variance, effect, nPerVariation, alpha, prior, relative }: BayesianInput) =>
    answer(
      bayesianPower(
        { mean, variance, alpha, prior: toPrior(prior), kind: relative ? 'relative' : 'absolute' },
        effect,
        nPerVariation,
      ),
      (power) => ({ power }),
    ),
  sampleSizeRelative: ({ mean, variance, mde, alpha, power, nVariations }: SampleSizeRelativeInput) =>
    answer(relativeSampleSize({ mean, variance, alpha }, mde, power), (n) => ({ nTotal: n * nVariations, nPerArm: n })),
  sampleSizeSpotify: ({ absoluteMde, variance, alpha, power, treatments, comparisons }: SpotifyInput) =>
    answer(
      allocationSampleSize({
        absoluteMde,
        variance,
        alpha,
        power,
        arms: treatments,
        comparisons: comparisons === 'all_vs_all' ? 'all-vs-all' : 'control-vs-all',
      }),
      ({ total, allocations }) => ({ nTotal: total, allocations }),
    ),
  durationDays: ({
    nPerArm,
    arms,
    dailyUsers,
    trafficShare,
  }: Omit<DurationInput, 'unitsPerArm' | 'dailyUnits'> & { nPerArm: number; dailyUsers: number }) =>
    answer(duration({ unitsPerArm: nPerArm, arms, dailyUnits: dailyUsers, trafficShare }), ({ days }) => ({ days })),
};
