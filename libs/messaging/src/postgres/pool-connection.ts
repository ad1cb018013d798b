import type pg from 'pg';

/**
 * A connection that breaks while it is checked out emits an error, which ends the process unless somebody listens. The query
 * at work fails all the same, and that is where it is dealt with.
 */
export function keepAlive(pool: pg.Pool): pg.Pool {
  return pool.on('connect', (client) => client.on('error', () => undefined)).on('error', () => undefined);
}

/** How a pool connects, for one more connection to the same place; a pool hides its password from a spread. */
export function connectionOf(pool: pg.Pool): pg.ClientConfig {
  const { password, ...rest } = pool.options;
  return { ...rest, ...(pool.options.password === undefined ? {} : { password: pool.options.password }) };
}
