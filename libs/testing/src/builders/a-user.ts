import { User, type EntityManager } from '@assay/models';
import { randomUUID } from 'node:crypto';

/** A user with a name of its own, who cannot log in: the password is no hash. */
export function aUser(em: EntityManager, fields: Partial<Pick<User, 'username' | 'email' | 'isSuperuser'>> = {}): User {
  const username = fields.username ?? `user-${randomUUID()}`;
  return em.create(User, { username, email: `${username}@example.com`, hashedPassword: 'not-a-hash', ...fields });
}
