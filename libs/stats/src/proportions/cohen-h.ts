/** Cohen's effect size of two proportions (1988): `2 asin(sqrt(pT)) - 2 asin(sqrt(pC))`, in radians. */
export function cohenH(controlRate: number, treatmentRate: number): number {
  return 2 * Math.asin(Math.sqrt(treatmentRate)) - 2 * Math.asin(Math.sqrt(controlRate));
}
