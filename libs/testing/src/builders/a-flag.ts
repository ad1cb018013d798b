import { FeatureFlag, type EntityManager, type Project, type User } from '@assay/models';
import { randomUUID } from 'node:crypto';
import { aProject } from './a-project.js';
import { aUser } from './a-user.js';

/** An inactive boolean flag, in a project and of an owner that are made when none are given. */
export function aFlag(
  em: EntityManager,
  fields: { project?: Project; owner?: User; key?: string; rolloutPercentage?: number } = {},
): FeatureFlag {
  const { project = aProject(em), owner = aUser(em), key = `flag-${randomUUID()}`, rolloutPercentage = 0 } = fields;
  return em.create(FeatureFlag, { project, owner, key, name: 'A flag', salt: key, definition: {}, rolloutPercentage });
}
