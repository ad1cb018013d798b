/** Units of one arm and how many of them converted. */
export interface ProportionSummary {
  readonly kind: 'proportion';
  readonly n: number;
  readonly successes: number;
}

/** A frozen {@link ProportionSummary}. Counts are not checked here: the methods refuse impossible ones. */
export function proportionSummary(n: number, successes: number): ProportionSummary {
  return Object.freeze({ kind: 'proportion', n, successes });
}

/** The proportion of the units given as booleans (or 0 and 1). */
export function proportionFromValues(values: Iterable<boolean | number>): ProportionSummary {
  let n = 0;
  let successes = 0;
  for (const value of values) {
    n += 1;
    if (Number(value) !== 0) successes += 1;
  }
  return proportionSummary(n, successes);
}

/** Two disjoint sets of units together. */
export function mergeProportions(a: ProportionSummary, b: ProportionSummary): ProportionSummary {
  return proportionSummary(a.n + b.n, a.successes + b.successes);
}
