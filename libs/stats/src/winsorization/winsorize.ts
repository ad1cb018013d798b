import type { WinsorLimits } from './winsor-limits.js';

/** Values moved to the limits they lie beyond, and how many were. */
export interface Winsorized {
  readonly values: readonly number[];
  readonly capped: number;
  readonly raised: number;
}

/** Cuts the unit values of one arm at the limits. A covariate of the same metric is cut at the same ones. */
export function winsorize(values: readonly number[], { floor, cap }: WinsorLimits): Winsorized {
  let capped = 0;
  let raised = 0;
  const cut = values.map((value) => {
    if (cap !== null && value > cap) {
      capped += 1;
      return cap;
    }
    if (floor !== null && value < floor) {
      raised += 1;
      return floor;
    }
    return value;
  });
  return { values: cut, capped, raised };
}
