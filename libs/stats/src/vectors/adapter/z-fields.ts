import type { ZEstimate } from '../../contrast/z-estimate.js';

/** A z estimate in the names of the vectors. */
export function zFields({ estimate, standardError, z, pValue, ci }: ZEstimate): unknown {
  return { estimate, se: standardError, z, pValue, ci };
}
