import type { Alternative } from '../../effect/effect-result.js';
import { agrestiCaffoInterval } from '../../proportions/agresti-caffo-interval.js';
import { barnardExactTest } from '../../proportions/barnard-exact-test.js';
import { boschlooExactTest } from '../../proportions/boschloo-exact-test.js';
import { cohenH } from '../../proportions/cohen-h.js';
import { contingencyTest } from '../../proportions/contingency-test.js';
import { correctedZTest } from '../../proportions/corrected-z-test.js';
import { fisherExactTest } from '../../proportions/fisher-exact-test.js';
import { katzLogInterval } from '../../proportions/katz-log-interval.js';
import { newcombeInterval } from '../../proportions/newcombe-interval.js';
import { pooledZTest } from '../../proportions/pooled-z-test.js';
import { proportionLift } from '../../proportions/proportion-lift.js';
import { scoreInterval } from '../../proportions/score-interval.js';
import { twoProportions } from '../../proportions/two-proportions.js';
import { waldInterval } from '../../proportions/wald-interval.js';
import { wilsonInterval } from '../../proportions/wilson-interval.js';
import type { Outcome } from '../../refusal.js';
import { proportionSummary, type ProportionSummary } from '../../summary/proportion-summary.js';
import type { VectorAdapter } from '../compare.js';

interface Arm {
  readonly n: number;
  readonly x: number;
}

interface TeaTastingInput {
  readonly control: Arm;
  readonly treatment: Arm;
  readonly confidenceLevel: number;
  readonly method: 'auto' | 'norm' | 'barnard' | 'boschloo' | 'fisher' | 'pearson' | 'log-likelihood';
  readonly alternative?: Alternative;
  readonly continuityCorrection: boolean;
  readonly pooled: boolean;
}

/** tea-tasting's `auto` is exact below this many units. */
const EXACT_BELOW = 1000;
/** The vectors give Fisher's p-value only for tables up to this size, and `null` above. */
const FISHER_GIVEN_UP_TO = 20_000;

function read(arm: Arm): ProportionSummary {
  return proportionSummary(arm.n, arm.x);
}

function orNull<T>(outcome: Outcome<T>): T | null {
  return outcome.ok ? outcome.value : null;
}

function zResult(control: ProportionSummary, treatment: ProportionSummary): unknown {
  const twoSided = orNull(pooledZTest(control, treatment));
  return (
    twoSided && {
      se: twoSided.standardError,
      z: twoSided.statistic,
      pTwoSided: twoSided.pValue,
      pGreater: orNull(pooledZTest(control, treatment, 'greater'))?.pValue,
      pLess: orNull(pooledZTest(control, treatment, 'less'))?.pValue,
    }
  );
}

function chiSquareResult(control: ProportionSummary, treatment: ProportionSummary): unknown {
  const plain = orNull(contingencyTest(control, treatment));
  const yates = orNull(contingencyTest(control, treatment, 'pearson', true));
  return plain && { stat: plain.statistic, p: plain.pValue, yatesStat: yates?.statistic, yatesP: yates?.pValue };
}

/** The vectors leave the score interval out where an arm is all 0 or all 1; the library gives it there too. */
function hasBothOutcomes(arm: ProportionSummary): boolean {
  return arm.successes > 0 && arm.successes < arm.n;
}

/** The library refuses a lift without error; the vectors spell what the formulas give when nobody converted in treatment. */
function liftResult(control: ProportionSummary, treatment: ProportionSummary, alpha: number): unknown {
  if (control.successes > 0 && treatment.successes === 0) {
    return { lift: -1, deltaSE: 0, deltaCI: [-1, -1], katzLogCI: null };
  }
  const lift = orNull(proportionLift(control, treatment, alpha));
  return (
    lift && {
      lift: lift.estimate,
      deltaSE: lift.standardError,
      deltaCI: lift.ci,
      katzLogCI: orNull(katzLogInterval(control, treatment, alpha)),
    }
  );
}

function allProportionMethods(control: ProportionSummary, treatment: ProportionSummary, alpha: number): unknown {
  const pair = twoProportions(control, treatment);
  const wald = orNull(waldInterval(control, treatment, alpha));
  const gTest = orNull(contingencyTest(control, treatment, 'log-likelihood'));
  return {
    pC: pair.controlRate,
    pT: pair.treatmentRate,
    diff: pair.difference,
    pooled: pair.pooledRate,
    pooledZ: zResult(control, treatment),
    wald: wald && { se: wald.standardError, z: wald.statistic, pTwoSided: wald.pValue, ci: wald.ci },
    newcombeCI: orNull(newcombeInterval(control, treatment, alpha)),
    agrestiCaffoCI: orNull(agrestiCaffoInterval(control, treatment, alpha)),
    scoreCI: [control, treatment].every(hasBothOutcomes) ? orNull(scoreInterval(control, treatment, alpha)) : null,
    wilsonC: orNull(wilsonInterval(control, alpha)),
    wilsonT: orNull(wilsonInterval(treatment, alpha)),
    cohenH: cohenH(pair.controlRate, pair.treatmentRate),
    chi2: chiSquareResult(control, treatment),
    gTest: gTest && { stat: gTest.statistic, p: gTest.pValue },
    fisherTwoSided: control.n + treatment.n > FISHER_GIVEN_UP_TO ? null : orNull(fisherExactTest(control, treatment)),
    lift: liftResult(control, treatment, alpha),
  };
}

function exactPValue(input: TeaTastingInput, method: string): number | null {
  const control = read(input.control);
  const treatment = read(input.treatment);
  if (method === 'barnard') {
    return orNull(barnardExactTest(control, treatment, input.alternative, input.pooled ? 'pooled' : 'unpooled'));
  }
  if (method === 'boschloo') return orNull(boschlooExactTest(control, treatment, input.alternative));
  if (method === 'fisher') return orNull(fisherExactTest(control, treatment, input.alternative));
  const contingency = method === 'pearson' ? 'pearson' : 'log-likelihood';
  return orNull(contingencyTest(control, treatment, contingency, input.continuityCorrection))?.pValue ?? null;
}

export const adapter: VectorAdapter = {
  twoProportions: (input: { control: Arm; treatment: Arm; alpha: number }) =>
    allProportionMethods(read(input.control), read(input.treatment), input.alpha),
  twoProportionsTeaTasting: (input: TeaTastingInput) => {
    const small = input.control.n + input.treatment.n < EXACT_BELOW;
    const method = input.method === 'auto' ? (small ? 'barnard' : 'norm') : input.method;
    if (method !== 'norm') return { diffCI: null, liftCI: null, p: exactPValue(input, method) };
    const outcome = correctedZTest(read(input.control), read(input.treatment), {
      alpha: 1 - input.confidenceLevel,
      alternative: input.alternative ?? 'two-sided',
      continuityCorrection: input.continuityCorrection,
      pooled: input.pooled,
    });
    if (!outcome.ok) return { error: outcome.refusal.code };
    return { diffCI: outcome.value.absoluteCi, liftCI: outcome.value.relativeCi, p: outcome.value.pValue };
  },
};
