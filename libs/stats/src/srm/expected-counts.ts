import { refuse, type Refusal } from '../refusal.js';

/** Units each arm should have by its weight, out of the units seen in arms with a weight; 0 for the others. */
export function expectedCounts(observed: readonly number[], weights: readonly number[]): number[] {
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const total = observed.reduce((sum, count, i) => ((weights[i] ?? 0) > 0 ? sum + count : sum), 0);
  return weights.map((weight) => (weight / weightSum) * total);
}

/** Why counts and weights make no ratio to check, or `null`. */
export function refuseSrmInput(observed: readonly number[], weights: readonly number[]): Refusal | null {
  if (observed.length !== weights.length) {
    return refuse('INVALID_INPUT', `${observed.length} counts do not match ${weights.length} weights`);
  }
  if ([...observed, ...weights].some((value) => !(value >= 0) || !Number.isFinite(value))) {
    return refuse('INVALID_INPUT', 'counts and weights must be finite and not negative');
  }
  if (weights.filter((weight) => weight > 0).length < 2) {
    return refuse('ZERO_WEIGHT', 'at least two arms need a weight above 0');
  }
  return null;
}
