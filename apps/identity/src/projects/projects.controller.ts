import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  updateProject,
  type Page,
  type Project,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { ProjectsService } from './projects.service.js';

@Controller()
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Endpoint(listProjects)
  list(@Input() call: Call<typeof listProjects>): Promise<Page<Project>> {
    return this.projects.list(call.query);
  }

  @Endpoint(createProject)
  create(@Input() call: Call<typeof createProject>): Promise<Project> {
    return this.projects.create(call, call.body);
  }

  @Endpoint(getProject)
  get(@Input() call: Call<typeof getProject>): Promise<Project> {
    return this.projects.get(call.params.id);
  }

  @Endpoint(updateProject)
  update(@Input() call: Call<typeof updateProject>): Promise<Project> {
    return this.projects.update(call, call.params.id, call.ifMatch, call.body);
  }

  @Endpoint(deleteProject)
  remove(@Input() call: Call<typeof deleteProject>): Promise<void> {
    return this.projects.remove(call, call.params.id, call.ifMatch);
  }
}
