/**
 * Mixture parameter that makes a confidence sequence tightest when `tuningParameter` units are in, per square root of
 * unit: `rho = sqrt((-2 ln a + ln(1 - 2 ln a)) / N*)` (Waudby-Smith et al. 2021, arXiv 2103.06476).
 *
 * @param alpha - two-sided level below 1; for a one-sided sequence pass twice its level.
 * @param tuningParameter - units of both arms at which decisions are usually made; fixed before the start.
 */
export function asymptoticRho(alpha: number, tuningParameter: number): number {
  const spread = -2 * Math.log(alpha);
  return Math.sqrt((spread + Math.log1p(spread)) / tuningParameter);
}
