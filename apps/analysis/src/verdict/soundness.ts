import type { SrmResult } from '@assay/contracts';
import { checkMultipleExposures } from '@assay/stats';
import { percent, shortP } from './sentences.js';

/** Whether the data can be trusted at all, and what is suspicious. */
export interface Soundness {
  readonly isSound: boolean;
  readonly warnings: readonly string[];
}

/** From this share of units seen in several variants on, the randomisation itself is in doubt. */
const MULTIPLE_EXPOSURE_WARNING = 0.01;

export function soundness(srm: SrmResult, units: number, multipleExposures: number): Soundness {
  const exposures = checkMultipleExposures(multipleExposures, units);
  return {
    isSound: srm.verdict !== 'mismatch' && exposures.verdict === 'ok',
    warnings: [...srmWarnings(srm), ...exposureWarnings(exposures.share, multipleExposures)],
  };
}

function srmWarnings({ verdict, pValue }: SrmResult): string[] {
  if (verdict === 'mismatch') {
    return [
      `The units are not split as planned (sample ratio mismatch, p = ${shortP(pValue)}): find the cause before reading any result.`,
    ];
  }
  if (verdict === 'warning')
    return [
      `The split of the units is suspicious (sample ratio p = ${shortP(pValue)}): check the assignment and the logging.`,
    ];
  return [];
}

function exposureWarnings(share: number, multipleExposures: number): string[] {
  if (!(share >= MULTIPLE_EXPOSURE_WARNING)) return [];
  return [
    `${multipleExposures} units (${percent(Number(share.toPrecision(2)))}) were seen in more than one variant and are left out.`,
  ];
}
