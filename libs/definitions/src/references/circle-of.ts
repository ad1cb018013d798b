import {
  dependenciesOf,
  flagDependencies,
  placedDependencies,
  placedFlagDependencies,
  type Cond,
  type Dependency,
  type Flag,
  type PlacedDependency,
} from '@assay/evaluation';

/** A flag: the document of every environment but those that have their own, by id. */
export interface FlagNode {
  readonly kind: 'flag';
  readonly key: string;
  readonly document: Flag;
  readonly environments: Readonly<Record<string, Flag>>;
}

/** An experiment, which rules of its environment read like a flag of its key. */
export interface ExperimentNode {
  readonly kind: 'experiment';
  readonly key: string;
  readonly environmentId: string;
  readonly condition: Cond | null;
}

export interface SegmentNode {
  readonly kind: 'segment';
  readonly key: string;
  readonly condition: Cond;
}

/** A definition that may refer to others. */
export type DefinitionNode = FlagNode | ExperimentNode | SegmentNode;

/** A way from a definition back to itself. */
export interface Circle {
  /** The member that begins it: `rules[0].when.flag` of a flag, `all[0].segment` inside a condition. */
  readonly path: string;
  /** An environment in which it is one; null for those that nothing on the way knows by name. */
  readonly environmentId: string | null;
  /** `flag a -> segment s -> flag a` */
  readonly way: string;
}

/** Everything that a definition names, whatever the environment. */
export function namedBy(node: DefinitionNode): readonly Dependency[] {
  if (node.kind !== 'flag') return dependenciesOf(node.condition);
  return [node.document, ...Object.values(node.environments)].flatMap(flagDependencies);
}

/** Looks for a way from a definition back to itself, in each environment as that evaluates. */
export function circleOf(changed: DefinitionNode, others: readonly DefinitionNode[]): Circle | undefined {
  const nodes = new Map([changed, ...others].map((node) => [idOf(node), node]));
  for (const environmentId of environmentsOf(changed, others)) {
    for (const { path, on } of placesOf(changed, environmentId)) {
      const steps = wayBetween(on, changed, (id) => {
        const node = nodes.get(id);
        return node === undefined ? [] : placesOf(node, environmentId).map((place) => place.on);
      });
      if (steps === undefined) continue;
      const names = [idOf(changed), ...steps].map((id) => {
        const node = nodes.get(id);
        return node === undefined ? id : `${node.kind} ${node.key}`;
      });
      return { path, environmentId, way: names.join(' -> ') };
    }
  }
  return undefined;
}

/** The shortest way, both ends included; undefined when there is none. */
function wayBetween(
  from: Dependency,
  to: DefinitionNode,
  next: (id: string) => readonly Dependency[],
): readonly string[] | undefined {
  const before = new Map<string, string | undefined>([[idOf(from), undefined]]);
  // A map gives what is added while it is gone through.
  for (const id of before.keys()) {
    if (id === idOf(to)) {
      const way = [id];
      for (let step = before.get(id); step !== undefined; step = before.get(step)) way.unshift(step);
      return way;
    }
    for (const dependency of next(id)) if (!before.has(idOf(dependency))) before.set(idOf(dependency), id);
  }
  return undefined;
}

/** Experiments are read like flags, and share their keys. */
export const idOf = ({ kind, key }: { readonly kind: DefinitionNode['kind']; readonly key: string }): string =>
  `${kind === 'segment' ? kind : 'flag'} ${key}`;

/** Null for those in which no flag has a document of its own, and no experiment is. */
function environmentsOf(changed: DefinitionNode, others: readonly DefinitionNode[]): Iterable<string | null> {
  if (changed.kind === 'experiment') return [changed.environmentId];
  const named = [changed, ...others].flatMap((node) => {
    if (node.kind === 'flag') return Object.keys(node.environments);
    return node.kind === 'experiment' ? [node.environmentId] : [];
  });
  return new Set([null, ...named]);
}

function placesOf(node: DefinitionNode, environmentId: string | null): readonly PlacedDependency[] {
  switch (node.kind) {
    case 'flag':
      return placedFlagDependencies(node.environments[environmentId ?? ''] ?? node.document);
    case 'experiment':
      return node.environmentId === environmentId ? placedDependencies(node.condition) : [];
    case 'segment':
      return placedDependencies(node.condition);
  }
}
