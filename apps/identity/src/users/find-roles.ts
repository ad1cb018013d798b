import { AppError, type FieldError } from '@assay/contracts';
import { Role } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isId } from '../changes/reference.js';

/** The roles of these names or ids, with their permissions. @throws AppError `validation_failed` that names each unknown one */
export async function findRoles(
  em: EntityManager,
  references: readonly string[],
  pathOf = (index: number): string => `roles[${index}]`,
): Promise<Role[]> {
  if (references.length === 0) return [];
  const where = { $or: [{ name: { $in: [...references] } }, { id: { $in: references.filter(isId) } }] };
  const roles = await em.find(Role, where, { populate: ['permissions'] });
  const known = new Set(roles.flatMap(({ id, name }) => [id, name]));
  const errors = references.flatMap((reference, index): FieldError[] =>
    known.has(reference) ? [] : [{ path: pathOf(index), message: `there is no role '${reference}'` }],
  );
  if (errors.length > 0) throw AppError.validation(errors);
  return roles;
}

/** Names of all that the roles allow. */
export const permissionsOf = (roles: Iterable<Role>): string[] =>
  [...roles].flatMap((role) => role.permissions.getItems().map(({ name }) => name));
