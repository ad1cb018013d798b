import type { FlagDefinition } from '@assay/contracts';
import type { Outcome } from '../ofrep/flag-outcome.js';
import type { CompiledDefinitions, EvaluationResult, Flag } from '@assay/evaluation';
import { looksElsewhere, splitUse, type SplitUse } from '../exposure/split-use.js';

/** A flag as one environment serves it. */
export class ServedFlag {
  /** What was answered before, by what was decided: most evaluations of a flag have one of a few outcomes. */
  readonly outcomes = new Map<string, Outcome>();
  /** The same by the very result, where that is one object for all evaluations. */
  readonly results = new WeakMap<EvaluationResult, Outcome>();
  /** Counts of variants whose outcomes are not remembered. */
  readonly others = new Map<string, number>();

  private use: SplitUse | undefined;
  /** The definitions that the use was found in; undefined where it is the same in all. */
  private usedIn: CompiledDefinitions | undefined;

  constructor(
    readonly definition: FlagDefinition,
    readonly document: Flag,
  ) {}

  /** The splits that its evaluation may come to, found once: most flags look at nothing but themselves. */
  splitUse(definitions: CompiledDefinitions): SplitUse {
    if (this.use !== undefined && (this.usedIn === undefined || this.usedIn === definitions)) return this.use;
    this.usedIn = looksElsewhere(this.document) ? definitions : undefined;
    return (this.use = splitUse(this.document, definitions));
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
