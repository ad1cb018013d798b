import { computed, refused, type Outcome } from '../refusal.js';
import type { Interval } from './effect-result.js';

/** What an absolute effect would amount to per day if everybody got the treatment. */
export interface ScaledImpact {
  readonly perDay: number;
  readonly ci: Interval;
}

/**
 * Scales an absolute effect per unit to all traffic: `effect × totalUnits / (trafficShare × days)` (as GrowthBook).
 * Sensible for proportions and means per unit, not for ratios or quantiles.
 *
 * @param trafficShare share of all traffic that the experiment covered, 0 < share <= 1.
 */
export function scaledImpact(
  absolute: { readonly estimate: number; readonly ci: Interval },
  totalUnits: number,
  trafficShare: number,
  days: number,
): Outcome<ScaledImpact> {
  const factor = totalUnits / (trafficShare * days);
  if (
    !(trafficShare > 0 && trafficShare <= 1) ||
    !(days > 0) ||
    !(totalUnits > 0) ||
    !(factor > 0 && factor < Infinity)
  ) {
    return refused('INVALID_INPUT', 'scaling needs units > 0, a traffic share in (0, 1] and days > 0');
  }
  const perDay = absolute.estimate * factor;
  const ci: Interval = [absolute.ci[0] * factor, absolute.ci[1] * factor];
  // The open side of a one-sided interval stays open.
  if (!Number.isFinite(perDay) || ci.some(Number.isNaN)) {
    return refused(
      'INVALID_INPUT',
      `the effect (${absolute.estimate}) and its interval must be numbers that can be scaled`,
    );
  }
  return computed({ perDay, ci });
}
