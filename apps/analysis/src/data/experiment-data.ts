import type { ArmTotals } from './arm-totals.js';
import type { RankedMetrics } from './ranked-units.js';

/** Units of a variant first exposed on a day. */
export interface DayUnits {
  readonly variantId: string;
  /** UTC, days since 1970. */
  readonly day: number;
  readonly units: number;
  readonly conflicted: number;
}

/** All that results are computed from. */
export interface ExperimentData {
  /** By variant id. */
  readonly totals: ReadonlyMap<string, ArmTotals>;
  readonly ranked: RankedMetrics;
  readonly flow: readonly DayUnits[];
  /** When the last batch that changed anything was applied. */
  readonly through: Date | null;
}
