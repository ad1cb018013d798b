import { armEstimate } from '../../effect/arm-estimate.js';
import { effect } from '../../effect/effect.js';
import { welchTest } from '../../means/welch-test.js';
import { pooledZTest } from '../../proportions/pooled-z-test.js';
import { proportionLift } from '../../proportions/proportion-lift.js';
import { twoProportions } from '../../proportions/two-proportions.js';
import { waldInterval } from '../../proportions/wald-interval.js';
import type { Outcome } from '../../refusal.js';
import { asymptoticConfidenceSequence } from '../../sequential/asymptotic-confidence-sequence.js';
import { msprtStream } from '../../sequential/msprt-stream.js';
import { srmTest } from '../../srm/srm-test.js';
import { meanFromValues } from '../../summary/mean-summary.js';
import { mergeProportions, proportionSummary, type ProportionSummary } from '../../summary/proportion-summary.js';
import { winsorLimits } from '../../winsorization/winsor-limits.js';
import { winsorize } from '../../winsorization/winsorize.js';
import type { VectorAdapter } from '../compare.js';
import { selectRows, type Selection } from '../../testing/select-rows.js';

interface TwoArmSelection extends Selection {
  readonly control: string;
  readonly treatment: string;
  readonly metric: string;
}

interface DailyInput {
  readonly days: readonly { day: number; nC: number; xC: number; nT: number; xT: number }[];
  readonly tuningParameter: number;
  readonly tau2: number;
  readonly alpha: number;
}

/** The reference results are at 95 %. */
const ALPHA = 0.05;

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code}: ${outcome.refusal.message}`);
  return outcome.value;
}

function compareCounts(control: ProportionSummary, treatment: ProportionSummary): Record<string, unknown> {
  const z = valueOf(pooledZTest(control, treatment));
  const lift = valueOf(proportionLift(control, treatment, ALPHA));
  return {
    xC: control.successes,
    nC: control.n,
    xT: treatment.successes,
    nT: treatment.n,
    diff: twoProportions(control, treatment).difference,
    zPooled: z.statistic,
    pTwoSided: z.pValue,
    ci95: valueOf(waldInterval(control, treatment, ALPHA)).ci,
    lift: lift.estimate,
    liftSE: lift.standardError,
    liftCI95: lift.ci,
  };
}

function compareValues(controlValues: number[], treatmentValues: number[]): Record<string, unknown> {
  const control = armEstimate(meanFromValues(controlValues));
  const treatment = armEstimate(meanFromValues(treatmentValues));
  const welch = valueOf(welchTest(control, treatment, ALPHA));
  const lift = valueOf(effect({ control, treatment, differenceType: 'relative', alpha: ALPHA }));
  return {
    nC: control.n,
    nT: treatment.n,
    meanC: control.mean,
    meanT: treatment.mean,
    varC: control.variance,
    varT: treatment.variance,
    diff: welch.estimate,
    se: welch.standardError,
    t: welch.statistic,
    df: welch.degreesOfFreedom,
    pTwoSided: welch.pValue,
    ci95: welch.ci,
    lift: lift.estimate,
    liftSE: lift.standardError,
  };
}

function lookAtDays(input: DailyInput): unknown {
  let control = proportionSummary(0, 0);
  let treatment = proportionSummary(0, 0);
  const cumulative = input.days.map(({ day, nC, xC, nT, xT }) => {
    control = mergeProportions(control, proportionSummary(nC, xC));
    treatment = mergeProportions(treatment, proportionSummary(nT, xT));
    return { day, control, treatment };
  });
  const arms = cumulative.map((look) => ({
    control: armEstimate(look.control),
    treatment: armEstimate(look.treatment),
  }));
  const stream = valueOf(msprtStream(arms, { alpha: input.alpha, tau2: input.tau2 }));
  const looks = cumulative.map((look, i) => {
    const wald = valueOf(waldInterval(look.control, look.treatment, input.alpha));
    const n = look.control.n + look.treatment.n;
    const sequence = valueOf(asymptoticConfidenceSequence({ ...wald, n }, input));
    return {
      day: look.day,
      diff: wald.estimate,
      acsHalfwidth: sequence.halfwidth,
      acsP: sequence.pValue,
      msprtLambda: stream[i]?.look?.lambda,
      alwaysValidP: stream[i]?.running.pValue,
      fixedHorizonP: wald.pValue,
    };
  });
  return { looks };
}

export const adapter: VectorAdapter = {
  csvProportion: (input: TwoArmSelection & { true?: string }) => {
    const counts = { n: [0, 0], x: [0, 0] };
    selectRows(input, (row) => {
      const arm = [input.control, input.treatment].indexOf(row(input.arm));
      if (arm < 0) return;
      counts.n[arm] = (counts.n[arm] ?? 0) + 1;
      if (row(input.metric) === (input.true ?? '1')) counts.x[arm] = (counts.x[arm] ?? 0) + 1;
    });
    const [control, treatment] = [0, 1].map((arm) => proportionSummary(counts.n[arm] ?? 0, counts.x[arm] ?? 0));
    return control && treatment ? compareCounts(control, treatment) : null;
  },
  csvMean: (input: TwoArmSelection & { winsorPercentile?: number }) => {
    const control: number[] = [];
    const treatment: number[] = [];
    selectRows(input, (row) => {
      if (row(input.arm) === input.control) control.push(Number(row(input.metric)));
      else if (row(input.arm) === input.treatment) treatment.push(Number(row(input.metric)));
    });
    if (input.winsorPercentile === undefined) return compareValues(control, treatment);
    const limits = valueOf(winsorLimits([control, treatment], { percentile: input.winsorPercentile }));
    const [cutControl, cutTreatment] = [control, treatment].map((values) => [...winsorize(values, limits).values]);
    return { ...compareValues(cutControl ?? [], cutTreatment ?? []), cap: limits.cap };
  },
  csvSrm: (input: Selection & { weights: Readonly<Record<string, number>> }) => {
    const arms = Object.keys(input.weights);
    const observed = arms.map(() => 0);
    selectRows(input, (row) => {
      const arm = arms.indexOf(row(input.arm));
      if (arm >= 0) observed[arm] = (observed[arm] ?? 0) + 1;
    });
    const { statistic, pValue } = valueOf(srmTest(observed, Object.values(input.weights)));
    // The reference gives the weights as multiples of an equal share.
    const sum = Object.values(input.weights).reduce((total, weight) => total + weight, 0);
    const weights = Object.values(input.weights).map((weight) => (weight / sum) * arms.length);
    return { observed, weights, chi2: statistic, pValue };
  },
  dailyStream: lookAtDays,
};
