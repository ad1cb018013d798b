import type { ExperimentDefinition } from '@assay/contracts';

/** A time in which the traffic was shared out in one way. */
export interface AllocationEpoch {
  /** Version of the definition that began it. */
  readonly version: number;
  /** Null for the first: what was exposed before the start (an imported test) belongs to it as well. */
  readonly since: Date | null;
  /** Traffic in percent, by variant id; a variant that came later is not there. */
  readonly weights: ReadonlyMap<string, number>;
}

/** A stored version of a definition. */
export interface AllocationRevision {
  readonly version: number;
  readonly at: Date;
  readonly isDraft: boolean;
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * The allocations of an experiment one after the other, from its revisions in the order of their versions. What a draft said
 * nobody was assigned by; the present allocation is the last one, also when no revision tells of it.
 */
export function allocationEpochs(
  { variants, version, changedAt }: ExperimentDefinition,
  revisions: readonly AllocationRevision[],
): AllocationEpoch[] {
  const present = new Map(variants.map(({ id, trafficAllocation }) => [id, trafficAllocation]));
  const told = revisions
    .filter((revision) => !revision.isDraft && revision.version <= version)
    .map((revision) => ({ ...revision, weights: new Map(Object.entries(revision.weights)) }));
  const last = { version, at: new Date(changedAt ?? Date.parse('1970-01-01T00:00:00Z')), weights: present };
  const epochs: AllocationEpoch[] = [];
  for (const { version: since, at, weights } of [...told, last]) {
    const before = epochs.at(-1);
    if (before !== undefined && isSame(before.weights, weights)) continue;
    // Clocks of writers differ: an epoch does not begin before the one it follows.
    const begins = new Date(Math.max(at.getTime(), before?.since?.getTime() ?? -8.64e15));
    epochs.push({ version: since, since: before === undefined ? null : begins, weights });
  }
  return epochs;
}

/** Variants without traffic are as good as not there. */
function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  const ids = new Set([...one.keys(), ...other.keys()]);
  return [...ids].every((id) => (one.get(id) ?? 0) === (other.get(id) ?? 0));
}

/** The epochs that had begun by a moment. */
export const epochsUntil = (epochs: readonly AllocationEpoch[], moment: Date | null): readonly AllocationEpoch[] =>
  moment === null ? epochs : epochs.filter(({ since }) => since === null || since <= moment);
