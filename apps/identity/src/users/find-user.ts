import { AppError } from '@assay/contracts';
import { User } from '@assay/models';
import { LockMode, type EntityManager, sql, type FilterQuery } from '@mikro-orm/postgresql';
import { isId } from '../changes/reference.js';

/** By id, or by user name whatever its case. */
function byReference(reference: string): FilterQuery<User> {
  return isId(reference) ? { id: reference } : { [sql.lower('username')]: reference.toLowerCase() };
}

/** The user with its roles and their permissions. @throws AppError `not_found` */
export async function findUser(em: EntityManager, reference: string): Promise<User> {
  const user = await em.findOne(User, byReference(reference), { populate: ['roles.permissions'] });
  if (user === null) throw AppError.notFound('User', reference);
  return user;
}

/** The same, locked until the transaction ends: what is decided on it stays true. */
export async function lockUser(em: EntityManager, reference: string): Promise<User> {
  const user = await em.findOne(User, byReference(reference), { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (user === null) throw AppError.notFound('User', reference);
  await em.populate(user, ['roles.permissions']);
  return user;
}

/** Who logs in: an `@` means an e-mail address, since user names have none. */
export function findByLogin(em: EntityManager, name: string): Promise<User | null> {
  const column = sql.lower(name.includes('@') ? 'email' : 'username');
  return em.findOne(User, { [column]: name.toLowerCase() });
}
