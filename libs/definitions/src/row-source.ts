import { SCHEMA } from '@assay/models';
import type { EntityManager, EntityName, FilterQuery, FindOptions } from '@mikro-orm/postgresql';
import type { DefinitionSource } from './definition-catalog.js';
import { readPages, whereIdOrKey } from './read-pages.js';

/** What every table of definitions has. */
export interface DefinitionRow {
  readonly id: string;
  readonly updatedAt: Date;
}

/** How rows of one table become definitions. */
export interface RowMapping<Row extends DefinitionRow, T> {
  readonly entity: EntityName<Row>;
  readonly populate?: readonly string[];
  /** What is read at the start; who is not among it is served no more. All rows by default. */
  readonly served?: FilterQuery<Row>;
  /** Whether a row that changed is served no more: who has it in memory has to hear so. */
  readonly isGone?: (row: Row) => boolean;
  readonly toDefinition: (row: Row) => T;
}

/** The source of a catalog whose definitions are rows of one table. */
export function rowSource<Row extends DefinitionRow, T>(
  em: EntityManager,
  { entity, populate = [], served = {}, isGone = () => false, toDefinition }: RowMapping<Row, T>,
): DefinitionSource<T> {
  const { tableName } = em.getMetadata().get<Row>(entity);
  const options = { populate, orderBy: { id: 'asc' } };
  return {
    async *changedSince(since) {
      const where = since === undefined ? served : { updatedAt: { $gte: since } };
      const read = async (after: string | undefined, limit: number): Promise<readonly Row[]> => {
        const filters = { $and: [where, after === undefined ? {} : { id: { $gt: after } }] };
        return em.fork().find(entity, filters as never, { ...options, limit } as unknown as FindOptions<Row>);
      };
      for await (const row of readPages(read)) yield { deleted: isGone(row), definition: toDefinition(row) };
    },
    async one(projectId, idOrKey) {
      const where = whereIdOrKey(projectId, idOrKey);
      const row = (await em.fork().findOne(entity, where as never, { populate } as never)) as Row | null;
      return row === null || isGone(row) ? undefined : toDefinition(row);
    },
    async missing(ids) {
      const rows = await em.fork().execute<{ id: string }[]>(
        `select held.id from jsonb_array_elements_text(?::jsonb) as held(id)
         where not exists (select from ${SCHEMA}.${tableName} as stored where stored.id = held.id::uuid)`,
        [JSON.stringify(ids)],
      );
      return rows.map(({ id }) => id);
    },
  };
}
