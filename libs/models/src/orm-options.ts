import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, UnderscoreNamingStrategy, type Options } from '@mikro-orm/postgresql';
import { allEntities } from './all-entities.js';
import { migrations } from './migrations/index.js';
import { SCHEMA } from './schema.js';

/** What `ormOptions` needs to know; any of MikroORM's own options may be added. */
export type OrmOptions = Partial<Options> & {
  /** `postgresql://user:password@host:port/database` */
  clientUrl: string;
};

/**
 * The MikroORM configuration that every service starts from: schema `experimentation`, snake_case columns, entities
 * given by hand (nothing is discovered from disk), no global identity map, nullable fields `null` (not undefined) on new
 * entities. `entities` defaults to all of them; an entity brings those it has relations with.
 */
export function ormOptions({ clientUrl, entities = allEntities, ...overrides }: OrmOptions): Options {
  return defineConfig({
    clientUrl,
    entities: [...entities],
    schema: SCHEMA,
    namingStrategy: UnderscoreNamingStrategy,
    allowGlobalContext: false,
    initNullableProperties: true,
    forceUtcTimezone: true,
    discovery: { warnWhenNoEntities: false },
    // Triggers and their functions live in migrations alone.
    schemaGenerator: { ignoreTriggers: true, ignoreRoutines: true },
    extensions: [Migrator],
    migrations: {
      tableName: 'migrations',
      migrationsList: migrations,
      snapshot: false,
      silent: true,
      transactional: true,
      allOrNothing: true,
      // Needs a superuser, and the migrations need no such thing.
      disableForeignKeys: false,
    },
    ...overrides,
  });
}
