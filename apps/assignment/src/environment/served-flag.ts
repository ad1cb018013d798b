import type { FlagDefinition } from '@assay/contracts';
import type { Flag, Split } from '@assay/evaluation';
import { inlineSplits } from '../exposure/inline-splits.js';

/** A flag as one environment serves it. */
export class ServedFlag {
  /** What was answered before, by what was decided: most evaluations of a flag have one of a few outcomes. */
  readonly outcomes = new Map<string, { readonly status: 200 | 400; readonly text: string }>();

  private inline: ReadonlyMap<string, Split> | undefined;

  constructor(
    readonly definition: FlagDefinition,
    readonly document: Flag,
  ) {}

  /** Splits in the document that nothing is stored for. */
  get splits(): ReadonlyMap<string, Split> {
    return (this.inline ??= inlineSplits(this.document));
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
