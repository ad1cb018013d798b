import type { Leaf, Range } from '../definition.js';
import type { EvaluationResult } from '../result.js';
import type { SplitOutcome } from '../split/compile-split.js';

/** How a unit was placed. Without a unit the hash was not asked. */
export interface PositionTrace {
  readonly profile: string;
  readonly salt: string;
  readonly unit: string | null;
  readonly unitRef: string | null;
  /** The text that was hashed. */
  readonly input: string | null;
  readonly fraction: number | null;
  readonly bucket: number | null;
}

interface Answered {
  /** Where the condition stands in its definition: `rules[2].when.all[0]`. */
  readonly path: string;
  readonly matched: boolean;
}

/** What became of a condition and of those inside it. */
export type ConditionTrace =
  /** Not looked at, because the condition around it was already decided. */
  | { readonly kind: 'unasked'; readonly path: string; readonly matched: null }
  | (Answered & { readonly kind: 'constant' | 'malformed' })
  | (Answered & { readonly kind: 'all' | 'any' | 'not'; readonly parts: readonly ConditionTrace[] })
  /** No parts: there is no such segment, or it leads back to itself. */
  | (Answered & { readonly kind: 'segment'; readonly segment: string; readonly parts: readonly ConditionTrace[] })
  | (Answered & { readonly kind: 'bucket'; readonly position: PositionTrace; readonly ranges: readonly Range[] })
  /** `seen` is the value of the attribute; undefined when it is absent. */
  | (Answered & { readonly kind: 'some'; readonly attr: string; readonly seen: unknown })
  | (Answered & { readonly kind: 'leaf'; readonly leaf: Leaf; readonly seen: unknown });

/** What became of a split. */
export interface SplitTrace {
  readonly experiment: string;
  readonly position: PositionTrace;
  /** The parts of `enroll` in order. Empty when they were not asked: no unit, a forced or a stored arm. */
  readonly enroll: readonly ConditionTrace[];
  readonly arms: readonly { readonly key: string; readonly variant: string; readonly ranges: readonly Range[] }[];
  readonly outcome: SplitOutcome;
}

export type ServeTrace =
  | { readonly kind: 'variant'; readonly variant: string }
  | { readonly kind: 'off' }
  | { readonly kind: 'split'; readonly split: SplitTrace }
  | { readonly kind: 'nothing' };

/** One step of an evaluation. The last one decided. */
export type Step =
  | { readonly kind: 'switch'; readonly on: boolean }
  | { readonly kind: 'requirement'; readonly id: string; readonly condition: ConditionTrace }
  /** `serve` is null when the condition did not match. */
  | {
      readonly kind: 'rule';
      readonly id: string;
      readonly condition: ConditionTrace;
      readonly serve: ServeTrace | null;
    }
  | { readonly kind: 'default'; readonly serve: ServeTrace };

/** Why a flag has the result it has. There are no steps when there is no such flag. */
export interface Explanation {
  readonly key: string;
  readonly result: EvaluationResult;
  readonly steps: readonly Step[];
}
