import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import { errorRateRefusal } from './error-rates.js';
import { meanPower, type MeanPowerInput } from './mean-power.js';
import { requiredNoncentrality } from './z-power.js';

/**
 * The smallest difference of means a two-sided t test of these sizes detects with `power`, in the metric's unit, by the
 * exact power (noncentral t).
 *
 * @returns refusals of {@link meanPower}; `PLAN_INVALID` for a power not above alpha.
 */
export function meanMde(input: Omit<MeanPowerInput, 'difference'> & { readonly power: number }): Outcome<number> {
  const { power, ...design } = input;
  const wrong = errorRateRefusal(design.alpha, power);
  if (wrong) return { ok: false, refusal: wrong };
  const { standardDeviation, nControl, nTreatment } = design;
  const checked = meanPower({ ...design, difference: 0 });
  if (!checked.ok) return checked;
  const unit = standardDeviation * Math.sqrt(1 / nControl + 1 / nTreatment);
  const excess = (noncentrality: number): number => {
    const result = meanPower({ ...design, difference: noncentrality * unit });
    return result.ok ? result.value.power - power : NaN;
  };
  let high = 2 * requiredNoncentrality(design.alpha, power);
  for (let doubling = 0; doubling < 40 && !(excess(high) > 0); doubling++) high *= 2;
  const root = bracketedRoot(excess, 0, high, 1e-12);
  if (Number.isNaN(root)) return refused('NOT_CONVERGED', 'No effect reaches this power with so few units.');
  return computedNumbers(root * unit);
}
