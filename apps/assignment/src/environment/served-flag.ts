import type { FlagDefinition } from '@assay/contracts';
import type { Outcome } from '../ofrep/flag-outcome.js';
import type { EvaluationResult, Flag, Split } from '@assay/evaluation';
import { inlineSplits } from '../exposure/inline-splits.js';

/** A flag as one environment serves it. */
export class ServedFlag {
  /** What was answered before, by what was decided: most evaluations of a flag have one of a few outcomes. */
  readonly outcomes = new Map<string, Outcome>();
  /** The same by the very result, where that is one object for all evaluations. */
  readonly results = new WeakMap<EvaluationResult, Outcome>();
  /** Counts of variants whose outcomes are not remembered. */
  readonly others = new Map<string, number>();

  private inline: ReadonlyMap<string, Split> | undefined;

  constructor(
    readonly definition: FlagDefinition,
    readonly document: Flag,
  ) {}

  /** Splits in the document that nothing is stored for. */
  get splits(): ReadonlyMap<string, Split> {
    return (this.inline ??= inlineSplits(this.document));
  }

  /** How often which variant was served since this was last asked. */
  takeCounts(): Map<string, number> {
    const counts = new Map(this.others);
    this.others.clear();
    for (const outcome of this.outcomes.values()) {
      if (outcome.count > 0) counts.set(outcome.variant, (counts.get(outcome.variant) ?? 0) + outcome.count);
      outcome.count = 0;
    }
    return counts;
  }

  get key(): string {
    return this.definition.key;
  }

  get version(): number {
    return this.definition.version;
  }

  get clientSide(): boolean {
    return this.definition.clientSide;
  }
}

/** The document that holds in an environment: its own, or that of all. */
export function documentFor({ document, environments }: FlagDefinition, environmentId: string): Flag {
  return (environments?.[environmentId] ?? document) as unknown as Flag;
}
