import type { FieldError } from '@assay/contracts';
import type { Flag as Document, Serve } from '@assay/evaluation';
import type { EntityManager } from '@mikro-orm/postgresql';

const KNOWN = `
  with wanted as (select distinct jsonb_array_elements_text(?::jsonb) as key)
  select key from experimentation.experiments join wanted using (key) where project_id = ? and status <> 'ARCHIVED'`;

interface StickySplit {
  readonly path: string;
  readonly key: string;
}

/** The sticky splits of a document, by the member that names their experiment. */
export function stickySplits({ rules, default: otherwise }: Document): readonly StickySplit[] {
  const served = rules.map(({ serve }, index) => ({ serve, path: `rules[${index}].serve` }));
  if (otherwise !== undefined) served.push({ serve: otherwise, path: 'default' });
  return served.flatMap(({ serve, path }) => stickySplit(serve, path));
}

function stickySplit(serve: Serve, path: string): readonly StickySplit[] {
  const split = 'split' in serve ? serve.split : undefined;
  return split?.sticky === undefined ? [] : [{ path: `${path}.split.key`, key: split.key ?? split.salt }];
}

/** What a document says and evaluation cannot do: arms are stored as assignments of experiments, and of nothing else. */
export async function stickyWarnings(em: EntityManager, projectId: string, document: Document): Promise<FieldError[]> {
  const splits = stickySplits(document);
  if (splits.length === 0) return [];
  const keys = JSON.stringify(splits.map(({ key }) => key));
  const known = new Set((await em.execute<{ key: string }[]>(KNOWN, [keys, projectId])).map(({ key }) => key));
  return splits
    .filter(({ key }) => !known.has(key))
    .map(({ path, key }) => {
      const message = `'${key}' is no experiment of this project, so arms are not stored and the split is not sticky`;
      return { path, message };
    });
}
