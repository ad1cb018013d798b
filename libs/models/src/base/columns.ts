import { p } from '@mikro-orm/core';

declare const named: unique symbol;

/**
 * A JSON object as it is stored: the schema of its content is checked by the service that writes it.
 *
 * The symbol is never there. Without any named property the type would be assignable to the marker types of MikroORM
 * (which have optional members only), and `em.create` would demand every nullable JSON column.
 */
export type JsonObject = { [key: string]: unknown; [named]?: never };

/** Any JSON value that a column may hold. */
export type JsonValue = string | number | boolean | null | JsonObject | readonly unknown[];

/** A point in time: `timestamptz` at the server's full precision. */
export const timestamp = () => p.datetime().columnType('timestamptz');

/** A point in time that the database fills in when a row is inserted without the ORM. */
export const timestampNow = () =>
  timestamp()
    .onCreate(() => new Date())
    .defaultRaw('now()');

/** A share of a whole in percent, 0 to 100 with three decimals. */
export const percentage = () => p.decimal('number').precision(6).scale(3);

/** `jsonb` array that starts empty. */
export const jsonArray = <T>() =>
  p
    .json<T[]>()
    .onCreate((): T[] => [])
    .defaultRaw(`'[]'`);

/** `jsonb` object that starts empty. */
export const jsonObject = <T extends object = JsonObject>() =>
  p
    .json<T>()
    .onCreate(() => ({}) as T)
    .defaultRaw(`'{}'`);

/** `double precision[]`, read and written as numbers. */
export const doubles = () => p.array<number>(Number, String).columnType('double precision[]');
