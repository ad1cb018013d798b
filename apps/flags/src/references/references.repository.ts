import { AppError } from '@assay/contracts';
import { dependenciesOf, findCycle, flagDependencies, type Cond, type Dependency, type Flag } from '@assay/evaluation';
import { FeatureFlag, Segment } from '@assay/models';
import { FlushMode, type EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** Definitions refer to each other: what one change has checked, another must not undo meanwhile. */
const TURNS = `select pg_advisory_xact_lock(hashtextextended('assay:references/' || ?, 0))`;

/** A definition that is about to be written. */
export type Changed =
  | { readonly kind: 'flag'; readonly key: string; readonly document: Flag; readonly path: string }
  | { readonly kind: 'segment'; readonly key: string; readonly condition: Cond };

/** What flags and segments of a project name in each other. */
@Injectable()
export class References {
  /** Until the transaction ends, nobody else of the project changes what refers to something. */
  async takeTurns(em: EntityManager, projectId: string): Promise<void> {
    await em.execute(TURNS, [projectId]);
  }

  /** @throws AppError `validation_failed` when the definition would depend on itself over others */
  async requireNoCircle(em: EntityManager, projectId: string, changed: Changed): Promise<void> {
    const first = changed.kind === 'flag' ? flagDependencies(changed.document) : dependenciesOf(changed.condition);
    if (first.length === 0) return;
    await this.takeTurns(em, projectId);
    const flags: Record<string, Flag> = changed.kind === 'flag' ? { [changed.key]: changed.document } : {};
    const segments: Record<string, Cond> = changed.kind === 'segment' ? { [changed.key]: changed.condition } : {};
    for (let open = first; open.length > 0;) {
      const found = await read(em, projectId, open, { flags, segments });
      open = [
        ...Object.values(found.flags).flatMap(flagDependencies),
        ...Object.values(found.segments).flatMap(dependenciesOf),
      ];
      Object.assign(flags, found.flags);
      Object.assign(segments, found.segments);
    }
    const circle = findCycle({ flags, segments }, { kind: changed.kind, key: changed.key });
    if (circle === null) return;
    const path = changed.kind === 'flag' ? changed.path : 'condition';
    const way = circle.map(({ kind, key }) => `${kind} ${key}`).join(' -> ');
    throw AppError.field(path, `must not lead back to itself: ${way}`);
  }
}

interface Definitions {
  readonly flags: Record<string, Flag>;
  readonly segments: Record<string, Cond>;
}

/** Those of the named definitions that are not known yet. */
async function read(
  em: EntityManager,
  project: string,
  named: readonly Dependency[],
  known: Definitions,
): Promise<Definitions> {
  const keys = (kind: Dependency['kind'], have: object): string[] => [
    ...new Set(named.filter((each) => each.kind === kind && !Object.hasOwn(have, each.key)).map(({ key }) => key)),
  ];
  // What is pending in the caller's transaction is not complete yet: it must not be written by a mere look.
  const options = { disableIdentityMap: true, flushMode: FlushMode.COMMIT };
  const flagKeys = keys('flag', known.flags);
  const segmentKeys = keys('segment', known.segments);
  const flags = flagKeys.length === 0 ? [] : await em.find(FeatureFlag, { project, key: { $in: flagKeys } }, options);
  const segments =
    segmentKeys.length === 0 ? [] : await em.find(Segment, { project, key: { $in: segmentKeys } }, options);
  return {
    flags: Object.fromEntries(flags.map(({ key, definition }) => [key, definition as unknown as Flag])),
    segments: Object.fromEntries(segments.map(({ key, condition }) => [key, condition as Cond])),
  };
}
