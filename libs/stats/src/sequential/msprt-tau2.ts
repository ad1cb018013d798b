import { normalCdf, normalPdf } from '../distributions/normal.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';

/** Past this `b` the normal tail nears underflow, and the expansion in 1/b² is exact to twelve digits. */
const EXPANSION_FROM = 30;

/**
 * Mixture variance for a test that will be cut off after `truncation` units:
 * `τ² = σ² Φ(-b) / (φ(b)/b - Φ(-b))`, `b = 2 ln(1/α) / sqrt(M σ²)` (rule of thumb of Johari et al. 2017; the
 * same expression as `calcTau` of the mixtureSPRT package).
 *
 * @param sigma - standard deviation of one observation's difference, in the effect's unit.
 * @param truncation - units per arm at which the test would end, `M`.
 * @returns `tau2` in the squared unit of `sigma`; refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID`.
 */
export function msprtTau2(alpha: number, sigma: number, truncation: number): Outcome<{ b: number; tau2: number }> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (!(sigma > 0 && sigma < Infinity && truncation > 0 && truncation < Infinity)) {
    return refused('PLAN_INVALID', `sigma (${sigma}) and truncation (${truncation}) must be positive.`);
  }
  const b = (-2 * Math.log(alpha)) / (Math.sqrt(truncation) * sigma);
  const ratio = b > EXPANSION_FROM ? expansion(b) : normalCdf(-b) / (normalPdf(b) / b - normalCdf(-b));
  return computedNumbers({ b, tau2: sigma * sigma * ratio });
}

/** `b² + 2 - 6/b² + 42/b⁴ - 414/b⁶ + 5058/b⁸`, from the asymptotic series of Mills' ratio. */
function expansion(b: number): number {
  const y = 1 / (b * b);
  return b * b + 2 - y * (6 - y * (42 - y * (414 - 5058 * y)));
}
