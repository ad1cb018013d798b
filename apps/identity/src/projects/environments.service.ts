import {
  AppError,
  DEFAULT_ENVIRONMENT,
  type Environment as EnvironmentAnswer,
  type EnvironmentCreate,
  type EnvironmentPatch,
  type ListQuery,
  type Page,
} from '@assay/contracts';
import { Environment, type Project } from '@assay/models';
import { Clock, pageOf, requireVersion, type IfMatch } from '@assay/platform';
import { EntityManager, ref } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import type { Caller } from '../changes/caller.js';
import { ChangeJournal } from '../changes/change-journal.js';
import { givenFields } from '../changes/given-fields.js';
import { environmentOf, findProject, lockProject } from './find-project.js';
import { nameOf } from './new-project.js';
import { environmentView } from './project-view.js';

/** Which environment: of a project, each by id or key. */
interface Place {
  readonly id: string;
  readonly environment: string;
}

@Injectable()
export class EnvironmentsService {
  constructor(
    private readonly em: EntityManager,
    private readonly journal: ChangeJournal,
    private readonly clock: Clock,
  ) {}

  async list(reference: string, query: ListQuery): Promise<Page<EnvironmentAnswer>> {
    const em = this.em.fork();
    const project = await findProject(em, reference);
    const page = await pageOf(em, Environment, { project: project.id }, query, {
      sortable: ['position', 'key', 'name', 'createdAt'],
      searchable: ['key', 'name'],
    });
    return { ...page, items: page.items.map((item) => environmentView(item, project)) };
  }

  async get(place: Place): Promise<EnvironmentAnswer> {
    const project = await findProject(this.em.fork(), place.id);
    return environmentView(environmentOf(project, place.environment), project);
  }

  async create(
    caller: Caller,
    reference: string,
    { key, name, position }: EnvironmentCreate,
  ): Promise<EnvironmentAnswer> {
    return this.journal.commit(caller, async (em, note) => {
      const project = await lockProject(em, reference);
      const last = Math.max(-1, ...project.environments.getItems().map((item) => item.position));
      const environment = em.create(Environment, {
        id: v7(),
        project: ref(project),
        key,
        name: name ?? nameOf(key),
        position: position ?? last + 1,
      });
      const after = await this.flushed(em, environment, project);
      await note({ resource: 'environment', change: 'created', id: after.id, key, projectId: project.id, after });
      return after;
    });
  }

  async update(
    caller: Caller,
    place: Place,
    ifMatch: IfMatch | undefined,
    patch: EnvironmentPatch,
  ): Promise<EnvironmentAnswer> {
    return this.journal.commit(caller, async (em, note) => {
      const project = await lockProject(em, place.id);
      requireVersion(ifMatch, project.version);
      const environment = environmentOf(project, place.environment);
      const before = environmentView(environment, project);
      em.assign(environment, givenFields(patch));
      const after = await this.flushed(em, environment, project);
      const { id, key } = after;
      await note({ resource: 'environment', change: 'updated', id, key, projectId: project.id, before, after });
      return after;
    });
  }

  async remove(caller: Caller, place: Place, ifMatch: IfMatch | undefined): Promise<void> {
    await this.journal.commit(caller, async (em, note) => {
      const project = await lockProject(em, place.id);
      requireVersion(ifMatch, project.version);
      const environment = environmentOf(project, place.environment);
      if (environment.key === DEFAULT_ENVIRONMENT) {
        throw AppError.conflict(
          `Environment '${DEFAULT_ENVIRONMENT}' cannot be deleted: it is where calls act that name none.`,
        );
      }
      const before = environmentView(environment, project);
      await em.nativeDelete(Environment, { id: before.id, project: project.id });
      project.updatedAt = this.clock.now();
      await em.flush();
      const { id, key } = before;
      await note({ resource: 'environment', change: 'deleted', id, key, projectId: project.id, before });
    });
  }

  private async flushed(em: EntityManager, environment: Environment, project: Project): Promise<EnvironmentAnswer> {
    // An environment is a part of its project: its change is a new version of the project.
    project.updatedAt = this.clock.now();
    await em.flush();
    return environmentView(environment, project);
  }
}
