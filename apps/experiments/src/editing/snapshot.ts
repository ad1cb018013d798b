import type { RevisionChange, SettledExperiment } from '@assay/contracts';
import type { LifecycleState } from '../lifecycle/transition.js';

/** An experiment as the pure decisions see it. */
export interface Snapshot {
  readonly lifecycle: LifecycleState;
  readonly document: SettledExperiment;
  readonly updatedAt: Date;
}

/** What a decision wants written. */
export interface Edit {
  readonly change: RevisionChange;
  readonly reason: string | null;
  readonly document?: SettledExperiment;
  readonly lifecycle?: LifecycleState;
}
