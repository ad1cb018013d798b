import type { EntityManager } from '@mikro-orm/postgresql';

const LOCK = `select pg_try_advisory_xact_lock(hashtextextended('assay:flags:' || ?, 0)) as mine`;

/** Does work that one process at a time may do; undefined when another one is at it. The lock ends with the connection. */
export async function inTurn<T>(
  em: EntityManager,
  name: string,
  work: (em: EntityManager) => Promise<T>,
): Promise<T | undefined> {
  return em.fork().transactional(async (locked) => {
    const [row] = await locked.execute<{ mine: boolean }[]>(LOCK, [name]);
    return row?.mine === true ? work(locked) : undefined;
  });
}
