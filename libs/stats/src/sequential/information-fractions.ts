/**
 * Information fraction of each look: units so far over the planned total, or over the units at the last look when the
 * plan has been overrun, so that the last fraction is at most 1 (Spotify Confidence).
 *
 * @param unitsAtLooks - units of all compared arms at each look, ascending.
 * @param plannedTotal - units the plan was made for.
 */
export function informationFractions(unitsAtLooks: readonly number[], plannedTotal: number): number[] {
  const total = unitsAtLooks.reduce((most, units) => Math.max(most, units), plannedTotal);
  return unitsAtLooks.map((units) => units / total);
}
