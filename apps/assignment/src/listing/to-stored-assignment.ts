import type { StoredAssignment } from '@assay/contracts';
import type { Assignment } from '@assay/models';

/** A row with its experiment and variant loaded, as it is answered. */
export function toStoredAssignment(row: Assignment): StoredAssignment {
  const experiment = row.experiment.getEntity();
  const variant = row.variant.getEntity();
  return {
    id: row.id,
    experimentId: experiment.id,
    experimentKey: experiment.key,
    variantId: variant.id,
    variantKey: variant.key,
    userId: row.userId,
    context: row.context as StoredAssignment['context'],
    bucket: row.bucket,
    definitionVersion: row.definitionVersion,
    propensity: row.propensity,
    createdAt: row.createdAt.toISOString(),
  };
}
