import type { ValueList } from '@assay/contracts';
import type { ValueList as ListRow } from '@assay/models';

/** A list row as it is answered. */
export function toList(row: ListRow): ValueList {
  return {
    id: row.id,
    key: row.key,
    project: row.project.getEntity().key,
    name: row.name,
    description: row.description,
    size: row.size,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}
