import { FIRST_ENVIRONMENTS } from '@assay/contracts';
import { Environment, Project } from '@assay/models';
import { ref, type EntityManager } from '@mikro-orm/postgresql';
import { v7 } from 'uuid';

/** A project with the environments that every project starts with, ready to be flushed. */
export function newProject(em: EntityManager, fields: { key: string; name: string; description: string }): Project {
  const project = em.create(Project, { id: v7(), ...fields });
  FIRST_ENVIRONMENTS.forEach((key, position) => {
    em.create(Environment, { id: v7(), project: ref(project), key, name: nameOf(key), position });
  });
  return project;
}

/** `staging-eu` -> `Staging-eu`. */
export const nameOf = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);
