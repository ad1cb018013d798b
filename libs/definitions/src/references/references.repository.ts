import { AppError } from '@assay/contracts';
import type { Cond, Dependency, Flag } from '@assay/evaluation';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { circleOf, idOf, namedBy, type DefinitionNode } from './circle-of.js';

/** Definitions refer to each other: what one change has checked, another must not undo meanwhile. */
const TURNS = `select pg_advisory_xact_lock(hashtextextended('assay:references/' || ?, 0))`;

const READ = `
  with flag_keys as (select jsonb_array_elements_text(?::jsonb) as key),
       segment_keys as (select jsonb_array_elements_text(?::jsonb) as key)
  select 'flag' as kind, key, definition, environment_definitions as environments, null as environment_id
    from experimentation.feature_flags join flag_keys using (key) where project_id = ?
  union all
  select 'experiment', key, targeting_rules, null, environment_id::text
    from experimentation.experiments join flag_keys using (key) where project_id = ? and status <> 'ARCHIVED'
  union all
  select 'segment', key, condition, null, null
    from experimentation.segments join segment_keys using (key) where project_id = ?`;

const ENVIRONMENT = `select key from experimentation.environments where id = ?`;

interface Row {
  readonly kind: DefinitionNode['kind'];
  readonly key: string;
  readonly definition: unknown;
  readonly environments: Readonly<Record<string, Flag>> | null;
  readonly environment_id: string | null;
}

/** What flags, experiments and segments of a project name in each other. */
@Injectable()
export class References {
  /** Until the transaction ends, nobody else of the project changes what refers to something. */
  async takeTurns(em: EntityManager, projectId: string): Promise<void> {
    await em.execute(TURNS, [projectId]);
  }

  /**
   * @param pathOf the field of the request in which the member of the definition stands
   * @throws AppError `validation_failed` when the definition, about to be written, would depend on itself over others
   */
  async requireNoCircle(
    em: EntityManager,
    projectId: string,
    changed: DefinitionNode,
    pathOf: (member: string) => string,
  ): Promise<void> {
    const first = namedBy(changed);
    if (first.length === 0) return;
    await this.takeTurns(em, projectId);
    const others: DefinitionNode[] = [];
    const seen = new Set([idOf(changed)]);
    for (let open = first; open.length > 0;) {
      const wanted = open.filter((dependency) => !seen.has(idOf(dependency)));
      for (const dependency of wanted) seen.add(idOf(dependency));
      const found = wanted.length === 0 ? [] : await read(em, projectId, wanted);
      others.push(...found);
      open = found.flatMap(namedBy);
    }
    const circle = circleOf(changed, others);
    if (circle === undefined) return;
    const [environment] = await em.execute<{ key: string }[]>(ENVIRONMENT, [circle.environmentId]);
    const where = environment === undefined || changed.kind === 'experiment' ? '' : `, in ${environment.key}`;
    throw AppError.field(pathOf(circle.path), `must not lead back to itself: ${circle.way}${where}`);
  }
}

/** Plain SQL, so that what is pending in the caller's transaction is not written by a mere look. */
async function read(em: EntityManager, projectId: string, wanted: readonly Dependency[]): Promise<DefinitionNode[]> {
  const keysOf = (kind: Dependency['kind']): string =>
    JSON.stringify(wanted.filter((on) => on.kind === kind).map(({ key }) => key));
  const rows = await em.execute<Row[]>(READ, [keysOf('flag'), keysOf('segment'), projectId, projectId, projectId]);
  return rows.map(toNode);
}

function toNode({ kind, key, definition, environments, environment_id: environmentId }: Row): DefinitionNode {
  switch (kind) {
    case 'flag':
      return { kind, key, document: definition as Flag, environments: environments ?? {} };
    case 'experiment':
      return { kind, key, condition: definition as Cond | null, environmentId: environmentId ?? '' };
    case 'segment':
      return { kind, key, condition: definition as Cond };
  }
}
