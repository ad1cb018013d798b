import type { ListQuery, Page, PermissionEntry } from '@assay/contracts';
import { Permission } from '@assay/models';
import { pageOf } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

@Injectable()
export class PermissionsReadModel {
  constructor(private readonly em: EntityManager) {}

  async list(query: ListQuery): Promise<Page<PermissionEntry>> {
    const page = await pageOf(this.em.fork(), Permission, {}, query, {
      sortable: ['name', 'resource', 'action'],
      searchable: ['name'],
    });
    return { ...page, items: page.items.map(({ id, name, resource, action }) => ({ id, name, resource, action })) };
  }
}
