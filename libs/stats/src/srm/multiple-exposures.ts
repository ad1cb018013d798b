/** Units seen in more than one arm. */
export interface MultipleExposureCheck {
  readonly count: number;
  /** Of all units, those left out included. */
  readonly share: number;
  readonly verdict: 'ok' | 'warning';
}

const WARN_FROM_COUNT = 10;
const WARN_FROM_SHARE = 0.01;

/**
 * Units exposed to several arms are left out of the analysis; this says when they are too many to be accidents: at least
 * 10 units and at least 1 % of all (as GrowthBook).
 */
export function checkMultipleExposures(inSeveralArms: number, inOneArm: number): MultipleExposureCheck {
  const total = inSeveralArms + inOneArm;
  const share = total > 0 ? inSeveralArms / total : 0;
  const warns = inSeveralArms >= WARN_FROM_COUNT && share >= WARN_FROM_SHARE;
  return { count: inSeveralArms, share, verdict: warns ? 'warning' : 'ok' };
}
