import { Environment, Project, type EntityManager } from '@assay/models';
import { randomUUID } from 'node:crypto';

/** A project with a key of its own and the environment `production`. */
export function aProject(em: EntityManager, fields: Partial<Pick<Project, 'key' | 'name'>> = {}): Project {
  const project = em.create(Project, { key: `project-${randomUUID()}`, name: 'A project', ...fields });
  project.environments.add(em.create(Environment, { project, key: 'production', name: 'Production' }));
  return project;
}

/** The first environment of a project that `aProject` has made. */
export function environmentOf(project: Project): Environment {
  const [environment] = project.environments.getItems();
  if (environment === undefined) throw new Error(`project ${project.key} has no environment`);
  return environment;
}
