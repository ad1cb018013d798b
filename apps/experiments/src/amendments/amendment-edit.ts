import { AppError, type Amendment, type SettledExperiment, mergePatch } from '@assay/contracts';
import { changedFields, requireNotFixed } from '../definition/change-rules.js';
import { requireEndAhead } from '../definition/patch-edit.js';
import { readDocument } from '../definition/read-document.js';
import { requireSameTuning } from '../definition/tuning-rules.js';
import type { Edit, Snapshot } from '../editing/snapshot.js';

/**
 * What an amendment makes of a started experiment. Variants stay: units may have been assigned to each of them.
 *
 * @throws AppError with paths inside `change` for a result that is not sound or not allowed
 */
export function amendmentEdit({ change, reason }: Amendment, { document, lifecycle }: Snapshot, now: Date): Edit {
  if (lifecycle.status === 'DRAFT') {
    throw AppError.conflict(
      'The experiment has not started: change it with PATCH, without an amendment.',
      'not_started',
    );
  }
  const amended = insideChange(() => {
    const merged = readDocument(mergePatch(document, change));
    const fields = changedFields(document, merged);
    requireNotFixed(lifecycle.status, fields);
    if (fields.length === 0) throw AppError.field('', 'changes nothing');
    if (fields.includes('endDate')) requireEndAhead(merged, now);
    requireEveryVariant(document, merged);
    requireSameTuning(document, merged);
    return merged;
  });
  return { change: 'amended', reason, document: amended };
}

function requireEveryVariant(before: SettledExperiment, after: SettledExperiment): void {
  const kept = new Set(after.variants.map(({ key }) => key));
  const gone = before.variants.filter(({ key }) => !kept.has(key)).map(({ key }) => key);
  if (gone.length === 0) return;
  throw AppError.conflict(
    `Units may have been assigned to ${gone.join(', ')}: keep the variant and set its trafficAllocation to 0.`,
    'variant_in_use',
    [{ path: 'variants', message: `must still hold ${gone.join(', ')}` }],
  );
}

function insideChange<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = error.errors.map(({ path, message }) => ({
      path: path === '' ? 'change' : `change.${path}`,
      message,
    }));
    if (error.kind === 'validation') throw AppError.validation(errors);
    throw AppError.conflict(error.message, error.code, errors);
  }
}
