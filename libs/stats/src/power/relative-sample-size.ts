import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { refused, type Outcome } from '../refusal.js';
import { countableUnits, tooManyUnits } from './countable-units.js';
import { errorRateRefusal } from './error-rates.js';
import { designRefusal, relativeEffectVariance, sequentialWidening, type RelativeDesign } from './relative-power.js';
import { requiredNoncentrality } from './z-power.js';

/** The search ends a little past what can be counted, so that it is the count that is refused. */
const MOST_UNITS = 2 * Number.MAX_SAFE_INTEGER;

/**
 * Units per arm, not rounded, at which a relative effect is detected with `power`: the root of the two-sided
 * {@link relativePower}, both tails counted.
 *
 * @param effect - relative effect to detect, other than 0.
 * @returns refusals of the design and error rates; `PLAN_INVALID` for no effect, `TOO_MANY_UNITS` past 2^53.
 */
export function relativeSampleSize(design: RelativeDesign, effect: number, power: number): Outcome<number> {
  const wrong = designRefusal(design) ?? errorRateRefusal(design.alpha, power);
  if (wrong) return { ok: false, refusal: wrong };
  if (!(Math.abs(effect) > 0 && Math.abs(effect) < Infinity)) {
    return refused('PLAN_INVALID', `effect is ${effect}; give the relative effect to detect.`);
  }
  const perUnit = relativeEffectVariance(design.mean, design.variance, effect, 1) / (effect * effect);
  const noncentrality = requiredNoncentrality(design.alpha, power);
  const fixed = noncentrality * noncentrality * perUnit;
  if (design.sequentialTuning === undefined) return countableUnits(fixed);
  if (!(fixed < MOST_UNITS)) return countableUnits(fixed);
  const excess = (logN: number): number =>
    0.5 * (logN - Math.log(fixed)) - Math.log(sequentialWidening(design, Math.exp(logN)));
  const root = bracketedRoot(excess, Math.log(fixed), Math.log(MOST_UNITS), 1e-12);
  return Number.isNaN(root) ? tooManyUnits() : countableUnits(Math.exp(root));
}
