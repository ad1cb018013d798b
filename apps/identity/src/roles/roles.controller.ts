import { createRole, deleteRole, getRole, listRoles, updateRole, type Page, type Role } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { RolesService } from './roles.service.js';

@Controller()
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Endpoint(listRoles)
  list(@Input() call: Call<typeof listRoles>): Promise<Page<Role>> {
    return this.roles.list(call.query);
  }

  @Endpoint(createRole)
  create(@Input() call: Call<typeof createRole>): Promise<Role> {
    return this.roles.create(call, call.body);
  }

  @Endpoint(getRole)
  get(@Input() call: Call<typeof getRole>): Promise<Role> {
    return this.roles.get(call.params.id);
  }

  @Endpoint(updateRole)
  update(@Input() call: Call<typeof updateRole>): Promise<Role> {
    return this.roles.update(call, call.params.id, call.ifMatch, call.body);
  }

  @Endpoint(deleteRole)
  remove(@Input() call: Call<typeof deleteRole>): Promise<void> {
    return this.roles.remove(call, call.params.id, call.ifMatch);
  }
}
