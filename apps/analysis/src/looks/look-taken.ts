/** A look of a group-sequential plan at one metric of one treatment, as it is kept. */
export interface LookTaken {
  readonly metric: string;
  readonly variantId: string;
  /** Counts the looks that were taken, from 1. */
  readonly look: number;
  /** The one of the plan that had been reached. */
  readonly plannedLook: number;
  readonly takenAt: Date;
  /** Of both arms. */
  readonly units: number;
  readonly informationFraction: number;
  /** Level of the comparison at the time. */
  readonly alpha: number;
  readonly estimate: number;
  readonly standardError: number;
  readonly relativeEstimate: number | null;
  readonly relativeStandardError: number | null;
  readonly statistic: number;
  readonly criticalValue: number;
  /** On one side, up to this look. */
  readonly alphaSpent: number;
  readonly crossed: boolean;
}

/** Those of one comparison, in their order. */
export const looksOf = (looks: readonly LookTaken[], metric: string, variantId: string): LookTaken[] =>
  looks
    .filter((taken) => taken.metric === metric && taken.variantId === variantId)
    .sort((one, other) => one.look - other.look);
