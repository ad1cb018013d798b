import { normalSurvival, normalSurvivalQuantile } from '../distributions/normal.js';

/**
 * How a group-sequential plan shares its error over the looks.
 * - `obrien-fleming`, `pocock`: Lan-DeMets spending functions of those shapes; looks need not be planned.
 * - `power` (`rho`, 2 in Spotify Confidence) and `hwang-shih-decani` (`gamma`): spending families.
 * - `obrien-fleming-classic` (`C / sqrt(t)`), `pocock-classic` (a constant): the original boundaries.
 * - `haybittle-peto`: `interim` standard errors (3) before the last look, which gets what is left.
 */
export type GroupBoundary =
  | SpendingBoundary
  | { readonly kind: 'obrien-fleming-classic' | 'pocock-classic' }
  | { readonly kind: 'haybittle-peto'; readonly interim?: number };

/** Boundaries that are a function of the information fraction alone. */
export type SpendingBoundary =
  | { readonly kind: 'obrien-fleming' | 'pocock' }
  | { readonly kind: 'power'; readonly rho?: number }
  | { readonly kind: 'hwang-shih-decani'; readonly gamma: number };

/** Whether the boundary spends by a function of `t`. */
export function isSpending(boundary: GroupBoundary): boundary is SpendingBoundary {
  return ['obrien-fleming', 'pocock', 'power', 'hwang-shih-decani'].includes(boundary.kind);
}

/**
 * One-sided error spent by information fraction `t`, 0 at 0 and `alpha` at 1:
 * `2 - 2Φ(z_{1-α/2}/√t)`, `α ln(1 + (e-1)t)`, `α t^ρ`, `α (1 - e^{-γt})/(1 - e^{-γ})`.
 *
 * Sources: Lan & DeMets 1983; Kim & DeMets 1987 (power); Hwang, Shih & DeCani 1990.
 *
 * @param alpha - the one-sided error of the whole plan.
 */
export function spentAlpha(boundary: SpendingBoundary, t: number, alpha: number): number {
  if (t >= 1) return alpha;
  switch (boundary.kind) {
    case 'obrien-fleming':
      return 2 * normalSurvival(normalSurvivalQuantile(alpha / 2) / Math.sqrt(t));
    case 'pocock':
      return alpha * Math.log1p((Math.E - 1) * t);
    case 'power':
      return alpha * t ** (boundary.rho ?? 2);
    case 'hwang-shih-decani':
      return boundary.gamma === 0 ? alpha * t : (alpha * Math.expm1(-boundary.gamma * t)) / Math.expm1(-boundary.gamma);
  }
}

/** Why the boundary's own parameter is unusable, or `null`. */
export function boundaryFault(boundary: GroupBoundary): string | null {
  if (boundary.kind === 'power' && !((boundary.rho ?? 2) > 0)) return `rho is ${boundary.rho}; it must be positive.`;
  if (boundary.kind === 'hwang-shih-decani' && !Number.isFinite(boundary.gamma)) {
    return `gamma is ${boundary.gamma}; it must be finite.`;
  }
  if (boundary.kind === 'haybittle-peto' && !((boundary.interim ?? 3) > 0)) {
    return `interim is ${boundary.interim}; it must be positive.`;
  }
  return null;
}
