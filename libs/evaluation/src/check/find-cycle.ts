import { arrayOf, isObject, type JsonObject } from '../condition/json.js';
import { MAX_DEPTH, walkCondition } from '../condition/walk.js';
import type { Cond, Flag } from '../definition.js';
import { conditionsOf } from './conditions-of.js';
import { memberPath } from './problems.js';

/** A flag or segment as a member of a dependency path. */
export interface Dependency {
  readonly kind: 'flag' | 'segment';
  readonly key: string;
}

/** The definitions in which cycles are looked for. */
export interface DependencySource {
  readonly flags?: Readonly<Record<string, Flag>>;
  readonly segments?: Readonly<Record<string, Cond>>;
}

/** A dependency and the member that names it: `rules[2].when.all[0].flag`. */
export interface PlacedDependency {
  readonly path: string;
  readonly on: Dependency;
}

function dependencyOf(part: JsonObject): Dependency | undefined {
  if (typeof part.segment === 'string') return { kind: 'segment', key: part.segment };
  return typeof part.flag === 'string' && 'attr' in part ? { kind: 'flag', key: part.flag } : undefined;
}

/** What a condition depends on: flags whose result it reads, segments it names. */
export function dependenciesOf(cond: unknown): readonly Dependency[] {
  const found: Dependency[] = [];
  walkCondition(cond, (part) => {
    const dependency = dependencyOf(part);
    if (dependency !== undefined) found.push(dependency);
  });
  return found;
}

/** The flags whose result a flag reads directly, and the segments it names. */
export function flagDependencies(flag: Flag): readonly Dependency[] {
  return conditionsOf(flag).flatMap(({ cond }) => dependenciesOf(cond));
}

/**
 * What a condition depends on, with the places where it says so.
 * @param path where the condition stands
 */
export function placedDependencies(cond: unknown, path = '', depth = 0): readonly PlacedDependency[] {
  if (!isObject(cond) || depth > MAX_DEPTH) return [];
  const on = dependencyOf(cond);
  const own = on === undefined ? [] : [{ path: memberPath(path, on.kind), on }];
  const inside = (part: unknown, at: string): readonly PlacedDependency[] => placedDependencies(part, at, depth + 1);
  const parts = (['all', 'any'] as const).flatMap((name) =>
    arrayOf(cond[name]).flatMap((part, index) => inside(part, memberPath(memberPath(path, name), index))),
  );
  const single = (['not', 'where'] as const).flatMap((name) => inside(cond[name], memberPath(path, name)));
  return [...own, ...parts, ...single];
}

/** The same for a flag. */
export function placedFlagDependencies(flag: unknown): readonly PlacedDependency[] {
  return conditionsOf(flag).flatMap(({ path, cond }) => placedDependencies(cond, path));
}

function dependencies(source: DependencySource, { kind, key }: Dependency): readonly Dependency[] {
  if (kind === 'flag') {
    const flag = Object.hasOwn(source.flags ?? {}, key) ? source.flags?.[key] : undefined;
    return flag === undefined ? [] : flagDependencies(flag);
  }
  const segment = Object.hasOwn(source.segments ?? {}, key) ? source.segments?.[key] : undefined;
  return segment === undefined ? [] : dependenciesOf(segment);
}

interface Visit {
  readonly node: Dependency;
  readonly id: string;
  readonly open: Dependency[];
}

/** Depth first, without recursion: a chain of flags may be longer than the stack. */
function cycleFrom(start: Dependency, source: DependencySource, done: Set<string>): readonly Dependency[] | null {
  const path: Visit[] = [];
  const onPath = new Set<string>();
  const enter = (node: Dependency): void => {
    const id = `${node.kind} ${node.key}`;
    if (done.has(id)) return;
    onPath.add(id);
    path.push({ node, id, open: [...dependencies(source, node)] });
  };
  enter(start);
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const next = visit.open.pop();
    if (next === undefined) {
      path.pop();
      onPath.delete(visit.id);
      done.add(visit.id);
      continue;
    }
    const nextId = `${next.kind} ${next.key}`;
    if (onPath.has(nextId)) {
      const from = path.findIndex(({ id }) => id === nextId);
      return [...path.slice(from).map(({ node }) => node), next];
    }
    enter(next);
  }
  return null;
}

/**
 * A circle in which flags and segments depend on each other; its first and last member are the same.
 * @param from look only at what this one depends on, which is enough when it alone is about to change
 * @returns null when there is none
 */
export function findCycle(source: DependencySource, from?: Dependency): readonly Dependency[] | null {
  const starts: readonly Dependency[] =
    from !== undefined
      ? [from]
      : [
          ...Object.keys(source.flags ?? {}).map((key): Dependency => ({ kind: 'flag', key })),
          ...Object.keys(source.segments ?? {}).map((key): Dependency => ({ kind: 'segment', key })),
        ];
  const done = new Set<string>();
  for (const start of starts) {
    const cycle = cycleFrom(start, source, done);
    if (cycle !== null) return cycle;
  }
  return null;
}
