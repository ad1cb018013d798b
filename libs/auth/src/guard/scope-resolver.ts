import {
  AppError,
  DEFAULT_ENVIRONMENT,
  DEFAULT_PROJECT,
  type Actor,
  type Scope,
  type ScopeLevel,
} from '@assay/contracts';
import { Injectable } from '@nestjs/common';
import { Directory } from '../directory/directory.js';
import { isKeyActor } from './actors.js';

/** Of routes that concern the whole installation. An empty id fits no row. */
const NOWHERE: Scope = { projectId: '', projectKey: '', environmentId: '', environmentKey: '' };

/** Finds out where a call acts: `?project=` and `?environment=`, each an id or a key. */
@Injectable()
export class ScopeResolver {
  constructor(private readonly directory: Directory) {}

  /** @throws AppError `not_found` for what does not exist, `forbidden` for what is not the key's own */
  async resolve(level: ScopeLevel, actor: Actor, query: unknown): Promise<Scope> {
    if (level === 'none') return NOWHERE;
    const project = parameter(query, 'project');
    const environment = level === 'environment' ? parameter(query, 'environment') : undefined;
    if (isKeyActor(actor)) return ownScope(actor.boundTo, project, environment);
    const found = await this.directory.project(project ?? DEFAULT_PROJECT);
    if (found === undefined) throw AppError.notFound('Project', project ?? DEFAULT_PROJECT);
    const scope = { ...NOWHERE, projectId: found.id, projectKey: found.key };
    if (level === 'project') return scope;
    const stage = findByIdOrKey(found.environments, environment ?? DEFAULT_ENVIRONMENT);
    if (stage === undefined)
      throw AppError.notFound(`Environment of project '${found.key}'`, environment ?? DEFAULT_ENVIRONMENT);
    return { ...scope, environmentId: stage.id, environmentKey: stage.key };
  }
}

function ownScope(own: Scope, project: string | undefined, environment: string | undefined): Scope {
  if (project !== undefined && project !== own.projectKey && project !== own.projectId) {
    throw AppError.forbidden(`This api key belongs to another project than '${project}'.`);
  }
  if (environment !== undefined && environment !== own.environmentKey && environment !== own.environmentId) {
    throw AppError.forbidden(`This api key belongs to another environment than '${environment}'.`);
  }
  return own;
}

function findByIdOrKey<T extends { id: string; key: string }>(all: readonly T[], reference: string): T | undefined {
  return all.find(({ id }) => id === reference) ?? all.find(({ key }) => key === reference);
}

function parameter(query: unknown, name: string): string | undefined {
  const value: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, name) : undefined;
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= 200 && !value.includes('\u0000')) return value;
  throw AppError.field(name, `must be the id or key of one ${name}`);
}
