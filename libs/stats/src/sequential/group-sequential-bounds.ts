import { normalSurvival, normalSurvivalQuantile } from '../distributions/normal.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { secantRoot } from '../quadrature/secant-root.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { boundarySpending } from './boundary-spending.js';
import { boundaryFault, isSpending, spentAlpha, type GroupBoundary, type SpendingBoundary } from './group-boundary.js';
import { crossingByLook, groupLooks, walkLooks, type GroupLook } from './group-looks.js';
import { crossingProbability } from './sub-density.js';

export interface GroupSequentialPlan {
  /** Share of the planned information at each look: positive, ascending, at most 1. */
  readonly informationFractions: readonly number[];
  /** Error of the whole plan on one side; a two-sided plan at 0.05 has 0.025 and stops at `|z| >= c`. */
  readonly alphaOneSided: number;
  readonly boundary: GroupBoundary;
}

export interface GroupSequentialBounds {
  /** Boundary of z at each look; `Infinity` where too little error is spent to be represented. */
  readonly criticalValues: readonly number[];
  /** Probability under the null of having crossed one side up to each look. */
  readonly cumulativeAlphaSpent: readonly number[];
  /** One-sided level of each look's own test, `1 - Φ(c_k)`. */
  readonly nominalAlphaOneSided: readonly number[];
}

/**
 * Boundaries of a group-sequential plan, exact by recursive numerical integration of the path's sub-density: `c_k`
 * solves P(cross at look k, not before) = error spent between the looks. Two-sided plans use the one-sided boundary at
 * half the error on both sides (crossing both is ignored). A look within 1e-5 of the one before repeats its boundary.
 *
 * Sources: Armitage, McPherson & Rowe 1969; Pocock 1977; O'Brien & Fleming 1979; Haybittle 1971, Peto 1976; Lan &
 * DeMets 1983; Jennison & Turnbull 2000, ch. 2, 7 and 19.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`; `PLAN_INVALID` for unusable fractions or parameters, or when a Haybittle-Peto
 *   interim boundary alone spends more than `alphaOneSided`.
 */
export function groupSequentialBounds(plan: GroupSequentialPlan): Outcome<GroupSequentialBounds> {
  const { informationFractions, alphaOneSided, boundary } = plan;
  if (!(alphaOneSided > 0 && alphaOneSided < 0.5)) {
    return refused('ALPHA_OUT_OF_RANGE', `alphaOneSided is ${alphaOneSided}; give one between 0 and 0.5.`);
  }
  const fault = fractionFault(informationFractions) ?? boundaryFault(boundary);
  if (fault !== null) return refused('PLAN_INVALID', fault);
  const looks = groupLooks(informationFractions);
  const { criticalValues, paths } = isSpending(boundary)
    ? spendingWalk(looks, boundary, alphaOneSided)
    : shapedWalk(looks, boundary, alphaOneSided);
  if (criticalValues.some(Number.isNaN)) {
    return refused('PLAN_INVALID', 'The interim boundaries alone spend more error than alphaOneSided allows.');
  }
  let spent = 0;
  const crossing = crossingByLook(looks, paths, criticalValues, 0);
  return computed({
    criticalValues,
    cumulativeAlphaSpent: crossing.map((probability) => (spent += probability)),
    nominalAlphaOneSided: criticalValues.map(normalSurvival),
  });
}

/** Why the fractions are unusable, or `null`. */
export function fractionFault(fractions: readonly number[]): string | null {
  if (fractions.length === 0) return 'informationFractions is empty; a plan needs a look.';
  const wrong = fractions.findIndex((t, index) => !(t > 0 && t <= 1 && t >= (fractions[index - 1] ?? 0)));
  if (wrong < 0) return null;
  return `informationFractions[${wrong}] is ${fractions[wrong]}; fractions ascend and lie above 0 and at most at 1.`;
}

type Walk = ReturnType<typeof walkLooks>;

function spendingWalk(looks: readonly GroupLook[], boundary: SpendingBoundary, alpha: number): Walk {
  return walkLooks(looks, (path, look) => {
    const before = look.before < 0 ? 0 : spentAlpha(boundary, looks[look.before]?.t ?? 0, alpha);
    return boundarySpending(path, look.t, spentAlpha(boundary, look.t, alpha) - before);
  });
}

function shapedWalk(looks: readonly GroupLook[], boundary: GroupBoundary, alpha: number): Walk {
  const last = looks.reduce((latest, look, index) => (look.repeats ? latest : index), 0);
  if (boundary.kind === 'haybittle-peto') {
    const interim = boundary.interim ?? 3;
    let left = alpha;
    return walkLooks(looks, (path, look, index) => {
      if (index === last) return boundarySpending(path, look.t, left);
      left -= crossingProbability(path, look.t, interim);
      return interim;
    });
  }
  const shape = (look: GroupLook): number => (boundary.kind === 'obrien-fleming-classic' ? 1 / Math.sqrt(look.t) : 1);
  const walk = (constant: number): Walk => walkLooks(looks, (_path, look) => constant * shape(look));
  const target = normalSurvivalQuantile(alpha);
  // On the scale of normal quantiles the total crossing probability is almost a line in the constant.
  const excess = (constant: number): number => {
    const { criticalValues, paths } = walk(constant);
    const total = crossingByLook(looks, paths, criticalValues, 0).reduce((sum, probability) => sum + probability, 0);
    return normalSurvivalQuantile(total) - target;
  };
  const lowest = target / shape(looks[last] ?? { t: 1, before: -1, repeats: false, nextStep: Infinity });
  const constant = secantRoot(excess, lowest, 1, 1e-11);
  return walk(Number.isNaN(constant) ? bracketedRoot(excess, lowest, 3 * lowest + 5, 1e-11) : constant);
}
