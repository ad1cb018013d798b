import type { Environment as EnvironmentAnswer, Project as ProjectAnswer } from '@assay/contracts';
import type { Environment, Project } from '@assay/models';

/** A project as the API answers it; its environments must be loaded. */
export function projectView(project: Project): ProjectAnswer {
  return {
    id: project.id,
    key: project.key,
    name: project.name,
    description: project.description,
    environments: project.environments
      .getItems()
      .sort((a, b) => a.position - b.position || (a.key < b.key ? -1 : 1))
      .map((environment) => environmentView(environment, project)),
    createdAt: project.createdAt.toISOString(),
    updatedAt: project.updatedAt.toISOString(),
    version: project.version,
  };
}

export function environmentView(environment: Environment, project: Project): EnvironmentAnswer {
  return {
    id: environment.id,
    key: environment.key,
    name: environment.name,
    position: environment.position,
    createdAt: environment.createdAt.toISOString(),
    updatedAt: environment.updatedAt.toISOString(),
    version: project.version,
  };
}
