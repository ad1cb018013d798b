import { listPermissions, type Page, type PermissionEntry } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { PermissionsReadModel } from './permissions.read-model.js';

@Controller()
export class PermissionsController {
  constructor(private readonly permissions: PermissionsReadModel) {}

  @Endpoint(listPermissions)
  list(@Input() call: Call<typeof listPermissions>): Promise<Page<PermissionEntry>> {
    return this.permissions.list(call.query);
  }
}
