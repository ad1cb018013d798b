import type { EntityManager } from '@mikro-orm/postgresql';

/** What conditions name by its key. */
export type Named = 'flag' | 'segment' | 'list';

/** A condition in it names the key; payloads of variants are none. */
const names = (document: string, named: Named): string =>
  `exists (select from jsonb_path_query(${document}, '$.**.${named}') as name where name = to_jsonb(wanted.key))`;

const usersOfSql = (named: Named): string => `
  with wanted as (select ?::uuid as project_id, ?::text as key)
  select 'flag ' || flag.key as name from wanted join experimentation.feature_flags as flag using (project_id)
    where ${named === 'flag' ? 'flag.archived_at is null and' : ''} (${names(`flag.definition - 'variants'`, named)} or exists (
      select from jsonb_each(flag.environment_definitions) as own(id, document)
      where ${names(`own.document - 'variants'`, named)}))
  union all
  select 'experiment ' || experiment.key from wanted join experimentation.experiments as experiment using (project_id)
    where experiment.status <> 'ARCHIVED' and ${names('experiment.targeting_rules', named)}
  union all
  select 'segment ' || segment.key from wanted join experimentation.segments as segment using (project_id)
    where ${names('segment.condition', named)}
  order by name limit 10`;

const USERS = { flag: usersOfSql('flag'), segment: usersOfSql('segment'), list: usersOfSql('list') } as const;

/**
 * Flags, experiments and segments whose conditions name a flag, segment or list, as texts for people; ten at most. Who reads a flag
 * and is archived evaluates nothing.
 */
export async function usersOf(em: EntityManager, named: Named, projectId: string, key: string): Promise<string[]> {
  const rows = await em.execute<{ name: string }[]>(USERS[named], [projectId, key]);
  return rows.map(({ name }) => name);
}
