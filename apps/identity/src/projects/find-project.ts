import { AppError } from '@assay/contracts';
import { Environment, Project } from '@assay/models';
import { LockMode, ref, type EntityManager, type FilterQuery, type Ref } from '@mikro-orm/postgresql';
import { isId } from '../changes/reference.js';

/** By id or key; an id goes first. */
const byReference = (reference: string): FilterQuery<Project & Environment> =>
  isId(reference) ? { $or: [{ id: reference }, { key: reference }] } : { key: reference };

/** The project with its environments. @throws AppError `not_found` */
export async function findProject(em: EntityManager, reference: string): Promise<Project> {
  const project = await em.findOne(Project, byReference(reference), { populate: ['environments'] });
  if (project === null) throw AppError.notFound('Project', reference);
  return project;
}

/** The same, locked until the transaction ends. Changes of its environments lock it as well: it is their version. */
export async function lockProject(em: EntityManager, reference: string): Promise<Project> {
  const project = await em.findOne(Project, byReference(reference), { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (project === null) throw AppError.notFound('Project', reference);
  await em.populate(project, ['environments']);
  return project;
}

/** An environment of a project whose environments are loaded. @throws AppError `not_found` */
export function environmentOf(project: Project, reference: string): Environment {
  const all = project.environments.getItems();
  const found = all.find(({ id }) => id === reference) ?? all.find(({ key }) => key === reference);
  if (found === undefined) throw AppError.notFound(`Environment of project '${project.key}'`, reference);
  return found;
}

/** The project and environment that a body names. @throws AppError `validation_failed`: in a body an unknown name is a wrong field */
export async function findPlace(
  em: EntityManager,
  names: { readonly project: string; readonly environment: string },
): Promise<{ project: Ref<Project>; environment: Ref<Environment> }> {
  const project = await em.findOne(Project, byReference(names.project));
  if (project === null) throw AppError.field('project', `there is no project '${names.project}'`);
  const where = { $and: [{ project: project.id }, byReference(names.environment)] };
  const environment = await em.findOne(Environment, where);
  if (environment === null) {
    throw AppError.field('environment', `project '${project.key}' has no environment '${names.environment}'`);
  }
  return { project: ref(project), environment: ref(environment) };
}
