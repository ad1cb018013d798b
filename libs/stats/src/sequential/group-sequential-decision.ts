/** One look of a group-sequential analysis: what was seen, and what it had to reach. */
export interface GroupSequentialVerdict {
  readonly z: number;
  readonly criticalValue: number;
  /** At least `criticalValue` away from 0 (or above it, one-sided). */
  readonly crossed: boolean;
}

export interface GroupSequentialDecision {
  readonly looks: readonly GroupSequentialVerdict[];
  /** Number of the first look that crossed, from 1; `null` while none has. */
  readonly firstCrossingLook: number | null;
}

/**
 * Whether and when a group-sequential analysis stops: at the first look with `|z_k| >= c_k` (`z_k >= c_k` one-sided).
 *
 * @param z - estimates over their standard errors, one per look taken so far; may be fewer than the planned looks.
 */
export function groupSequentialDecision(
  criticalValues: readonly number[],
  z: readonly number[],
  sides: 1 | 2 = 2,
): GroupSequentialDecision {
  const looks = z.map((value, index) => {
    const criticalValue = criticalValues[index] ?? Infinity;
    return { z: value, criticalValue, crossed: (sides === 2 ? Math.abs(value) : value) >= criticalValue };
  });
  const first = looks.findIndex((look) => look.crossed);
  return { looks, firstCrossingLook: first < 0 ? null : first + 1 };
}
