import {
  AppError,
  DEFAULT_PROJECT,
  type ListQuery,
  type Page,
  type Project as ProjectAnswer,
  type ProjectCreate,
  type ProjectPatch,
} from '@assay/contracts';
import { Project } from '@assay/models';
import { Clock, pageOf, requireVersion, type IfMatch } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../changes/caller.js';
import { ChangeJournal } from '../changes/change-journal.js';
import { givenFields } from '../changes/given-fields.js';
import { findProject, lockProject } from './find-project.js';
import { nameOf, newProject } from './new-project.js';
import { projectView } from './project-view.js';

@Injectable()
export class ProjectsService {
  constructor(
    private readonly em: EntityManager,
    private readonly journal: ChangeJournal,
    private readonly clock: Clock,
  ) {}

  async list(query: ListQuery): Promise<Page<ProjectAnswer>> {
    const page = await pageOf(this.em.fork(), Project, {}, query, {
      sortable: ['key', 'name', 'createdAt', 'updatedAt'],
      searchable: ['key', 'name', 'description'],
      populate: ['environments'],
    });
    return { ...page, items: page.items.map(projectView) };
  }

  async get(reference: string): Promise<ProjectAnswer> {
    return projectView(await findProject(this.em.fork(), reference));
  }

  async create(caller: Caller, { key, name, description }: ProjectCreate): Promise<ProjectAnswer> {
    return this.journal.commit(caller, async (em, note) => {
      const project = newProject(em, { key, name: name ?? nameOf(key), description });
      await em.flush();
      const after = projectView(project);
      await note({ resource: 'project', change: 'created', id: project.id, key, projectId: project.id, after });
      return after;
    });
  }

  async update(
    caller: Caller,
    reference: string,
    ifMatch: IfMatch | undefined,
    patch: ProjectPatch,
  ): Promise<ProjectAnswer> {
    return this.journal.commit(caller, async (em, note) => {
      const project = await lockProject(em, reference);
      requireVersion(ifMatch, project.version);
      const before = projectView(project);
      em.assign(project, givenFields(patch));
      project.updatedAt = this.clock.now();
      await em.flush();
      const after = projectView(project);
      const { id, key } = project;
      await note({ resource: 'project', change: 'updated', id, key, projectId: id, before, after });
      return after;
    });
  }

  async remove(caller: Caller, reference: string, ifMatch: IfMatch | undefined): Promise<void> {
    await this.journal.commit(caller, async (em, note) => {
      const project = await lockProject(em, reference);
      requireVersion(ifMatch, project.version);
      if (project.key === DEFAULT_PROJECT) {
        throw AppError.conflict(
          `Project '${DEFAULT_PROJECT}' cannot be deleted: it is where calls act that name no project.`,
        );
      }
      const before = projectView(project);
      const { id, key } = before;
      await em.nativeDelete(Project, { id });
      await note({ resource: 'project', change: 'deleted', id, key, projectId: id, before });
    });
  }
}
