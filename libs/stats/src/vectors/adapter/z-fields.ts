import type { EffectResult } from '../../effect/effect-result.js';

/** A z estimate in the names of the vectors. */
export function zFields({ estimate, standardError, statistic, pValue, ci }: EffectResult): unknown {
  return { estimate, se: standardError, z: statistic, pValue, ci };
}
