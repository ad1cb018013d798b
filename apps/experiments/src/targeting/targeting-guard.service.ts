import { AppError, type SettledExperiment } from '@assay/contracts';
import { dependenciesOf, flagDependencies, type Dependency, type Flag } from '@assay/evaluation';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** Something that a condition depends on: an experiment or segment by its condition, a flag by its definition. */
type Known = { readonly name: string } & (
  { readonly kind: 'condition'; readonly definition: unknown } | { readonly kind: 'flag'; readonly definition: Flag }
);

const READ = `
  with flag_keys as (select jsonb_array_elements_text(?::jsonb) as key),
       segment_keys as (select jsonb_array_elements_text(?::jsonb) as key)
  select 'experiment ' || key as name, 'condition' as kind, targeting_rules as definition
    from experimentation.experiments join flag_keys using (key) where project_id = ?
  union all
  select 'flag ' || key, 'flag', definition
    from experimentation.feature_flags join flag_keys using (key) where project_id = ?
  union all
  select 'segment ' || key, 'condition', condition
    from experimentation.segments join segment_keys using (key) where project_id = ?`;

/** Keeps conditions from asking for their own result: whoever evaluates such an experiment gets an error for an answer. */
@Injectable()
export class TargetingGuard {
  /**
   * Follows the condition of an experiment through the flags, experiments and segments of its project.
   *
   * @throws AppError `validation_failed` at `path` when that leads back to the experiment
   */
  async requireAcyclic(
    em: EntityManager,
    projectId: string,
    key: string,
    condition: SettledExperiment['targetingRules'],
    path: string,
  ): Promise<void> {
    const seen = new Set<string>();
    let pending: readonly Known[] = [{ name: '', kind: 'condition', definition: condition }];
    while (pending.length > 0) {
      const back = pending.find((known) => dependencies(known).some((on) => on.kind === 'flag' && on.key === key));
      if (back !== undefined) {
        const way = back.name === '' ? '' : `, as it does by way of ${back.name}`;
        throw AppError.field(path, `must not depend on the experiment itself${way}`);
      }
      pending = (await read(em, projectId, pending.flatMap(dependencies))).filter(({ name }) => !seen.has(name));
      for (const { name } of pending) seen.add(name);
    }
  }
}

const dependencies = (known: Known): readonly Dependency[] =>
  known.kind === 'flag' ? flagDependencies(known.definition) : dependenciesOf(known.definition);

async function read(em: EntityManager, projectId: string, wanted: readonly Dependency[]): Promise<readonly Known[]> {
  if (wanted.length === 0) return [];
  const keysOf = (kind: Dependency['kind']): string =>
    JSON.stringify(wanted.filter((on) => on.kind === kind).map(({ key }) => key));
  return em.execute<Known[]>(READ, [keysOf('flag'), keysOf('segment'), projectId, projectId, projectId]);
}
