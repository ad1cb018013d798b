import type { ormOptions } from '@assay/models';

/** Injection token of the raw `pg.Pool`. */
export const POOL = Symbol('assay:pool');

export interface DatabaseSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
  readonly entities: NonNullable<Parameters<typeof ormOptions>[0]['entities']>;
}
