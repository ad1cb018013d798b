import type { ExperimentDefinition } from '@assay/contracts';
import { allocationEpochs, type AllocationEpoch } from '../plan/allocation-epochs.js';

/** Units of a variant that were first exposed on one day under one allocation. */
export interface SplitPart {
  readonly variantId: string;
  /** UTC, days since 1970. */
  readonly day: number;
  /** Which of the epochs. */
  readonly epoch: number;
  /** Value of the attribute that was asked for; null without one. */
  readonly segment: string | null;
  readonly units: number;
}

/** How units were to be split, and how they were. */
export interface Split {
  readonly epochs: readonly AllocationEpoch[];
  /** Null when there is one epoch: the sums of the arms tell all. */
  readonly parts: readonly SplitPart[] | null;
}

/** Of an experiment whose allocation was never changed. */
export const unchangedSplit = (definition: ExperimentDefinition): Split => ({
  epochs: allocationEpochs(definition, []),
  parts: null,
});
