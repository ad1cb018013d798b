import { normalSurvival } from '../distributions/normal.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { boundarySpending } from './boundary-spending.js';
import { boundaryFault, isSpending, spentAlpha, type GroupBoundary, type SpendingBoundary } from './group-boundary.js';
import { advanceSubDensity, crossingProbability, PATH_START, type SubDensity } from './sub-density.js';

/** A look closer than this to the one before has its boundary (as in the planned looks). */
const REPEATED_LOOK = 1e-5;

/** A look that was taken: what it had seen, and the boundary it was held against. */
export interface TakenLook {
  /** In any unit that is the same for all looks, for example units of both arms. */
  readonly information: number;
  readonly criticalValue: number;
}

export interface NextGroupLookPlan {
  /** In the order in which they were taken. */
  readonly taken: readonly TakenLook[];
  /** At the look that is due. */
  readonly information: number;
  readonly plannedInformation: number;
  /** Error of the whole plan on one side. */
  readonly alphaOneSided: number;
  /** Boundaries that need no fixed number of looks: a spending function, or Haybittle and Peto's. */
  readonly boundary: SpendingBoundary | Extract<GroupBoundary, { kind: 'haybittle-peto' }>;
}

export interface NextGroupLook {
  readonly criticalValue: number;
  /** Of the planned information, at most 1. */
  readonly informationFraction: number;
  /** Probability under the null of having crossed one side up to this look. */
  readonly cumulativeAlphaSpent: number;
  /** One-sided level of this look's own test, `1 - Φ(c)`. */
  readonly nominalAlphaOneSided: number;
}

/**
 * The boundary of a look that is taken when it is taken, after others that stand as they were held: it spends what the
 * spending function allows at the actual information fraction less what the looks before it have spent (Lan & DeMets 1983).
 * Neither the number of looks nor their times need have been planned, as long as they do not depend on the effect seen. With
 * looks at the planned fractions it is {@link groupSequentialBounds}.
 *
 * When the plan is overrun, the last look spends what is left, and the looks before it are correlated with it by the
 * information that there was. Looks that were held against another plan (a level that was amended) count with the boundaries
 * they had; if they have spent more than the plan now allows, nothing is left and the boundary is `Infinity`.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`; `PLAN_INVALID` for information that is not positive and ascending, or when a
 *   Haybittle-Peto interim boundary alone spends more than `alphaOneSided`.
 */
export function nextGroupLook(plan: NextGroupLookPlan): Outcome<NextGroupLook> {
  const { taken, information, plannedInformation, alphaOneSided, boundary } = plan;
  if (!(alphaOneSided > 0 && alphaOneSided < 0.5)) {
    return refused('ALPHA_OUT_OF_RANGE', `alphaOneSided is ${alphaOneSided}; give one between 0 and 0.5.`);
  }
  const fault = informationFault(plan) ?? boundaryFault(boundary);
  if (fault !== null) return refused('PLAN_INVALID', fault);
  const informationFraction = Math.min(1, information / plannedInformation);
  const whole = Math.max(information, plannedInformation);
  const at = information / whole;
  const { path, spent, last } = walkTaken(taken, information, whole);
  if (last !== null && at - path.t <= REPEATED_LOOK) return computed(lookOf(last, informationFraction, spent));
  const isInterim = !isSpending(boundary) && informationFraction < 1;
  const left = Math.max(0, allowed(boundary, informationFraction, alphaOneSided) - spent);
  const criticalValue = isInterim ? (boundary.interim ?? 3) : boundarySpending(path, at, left);
  const cumulative = spent + crossingProbability(path, at, criticalValue);
  if (isInterim && cumulative > alphaOneSided) {
    return refused('PLAN_INVALID', 'The interim boundaries alone spend more error than alphaOneSided allows.');
  }
  return computed(lookOf(criticalValue, informationFraction, cumulative));
}

interface Walked {
  /** Of those that have crossed at none of the looks, `t` being that of the last of them. */
  readonly path: SubDensity;
  readonly spent: number;
  /** Boundary of the last look; null before the first. */
  readonly last: number | null;
}

function walkTaken(taken: readonly TakenLook[], information: number, whole: number): Walked {
  const counted = taken.filter(({ information: seen }, index) => {
    return (seen - (taken[index - 1]?.information ?? 0)) / whole > REPEATED_LOOK;
  });
  let path = PATH_START;
  let spent = 0;
  counted.forEach(({ information: seen, criticalValue }, index) => {
    const t = seen / whole;
    const next = (counted[index + 1]?.information ?? information) / whole;
    spent += crossingProbability(path, t, criticalValue);
    path = advanceSubDensity(path, t, criticalValue, Math.max(next - t, REPEATED_LOOK));
  });
  return { path, spent, last: counted.at(-1)?.criticalValue ?? null };
}

const allowed = (boundary: NextGroupLookPlan['boundary'], fraction: number, alpha: number): number =>
  isSpending(boundary) ? spentAlpha(boundary, fraction, alpha) : alpha;

const lookOf = (criticalValue: number, informationFraction: number, cumulativeAlphaSpent: number): NextGroupLook => ({
  criticalValue,
  informationFraction,
  cumulativeAlphaSpent,
  nominalAlphaOneSided: normalSurvival(criticalValue),
});

function informationFault({ taken, information, plannedInformation }: NextGroupLookPlan): string | null {
  if (!(plannedInformation > 0 && plannedInformation < Infinity)) {
    return `plannedInformation is ${plannedInformation}; it must be positive and finite.`;
  }
  const all = [...taken.map((look) => look.information), information];
  const wrong = all.findIndex((each, index) => !(each > (all[index - 1] ?? 0) && each < Infinity));
  if (wrong < 0) return null;
  return `The information of look ${wrong + 1} is ${all[wrong]}; it must be positive and grow from look to look.`;
}
