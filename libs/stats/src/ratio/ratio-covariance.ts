import { computed, refused, type Outcome } from '../refusal.js';
import { covarianceOf, meanOf, type Moments } from '../summary/moments.js';

/**
 * Covariance, per unit, of two linearised ratios `A/B` and `C/D` observed on the same units:
 * `(cov(A,C) - cov(A,D) C/D - cov(B,C) A/B + cov(B,D) (A/B)(C/D)) / (B D)`, letters for means (delta method; as
 * tea-tasting). Over `n` it is the covariance of the two estimates, e.g. of a ratio and the same ratio before exposure.
 *
 * @param moments of the variables A, B, C, D in this order.
 * @returns Refuses ZERO_DENOMINATOR when B or D is 0 on average, TOO_FEW_UNITS below two units.
 */
export function ratioCovariance(moments: Moments): Outcome<number> {
  if (moments.n < 2) return refused('TOO_FEW_UNITS', 'a covariance needs at least 2 units');
  const [b, d] = [meanOf(moments, 1), meanOf(moments, 3)];
  if (b === 0 || d === 0) return refused('ZERO_DENOMINATOR', 'the denominators of a ratio add to 0');
  const first = meanOf(moments, 0) / b;
  const second = meanOf(moments, 2) / d;
  const sum =
    covarianceOf(moments, 0, 2) -
    covarianceOf(moments, 0, 3) * second -
    covarianceOf(moments, 1, 2) * first +
    covarianceOf(moments, 1, 3) * first * second;
  return computed(sum / (b * d));
}
