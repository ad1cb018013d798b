import { AppError, type ExperimentPatch, type SettledExperiment, mergePatch } from '@assay/contracts';
import type { Edit, Snapshot } from '../editing/snapshot.js';
import { changedFields, requirePatchable } from './change-rules.js';
import { readDocument } from './read-document.js';

/**
 * What a merge patch makes of an experiment; undefined when it changes nothing.
 *
 * @throws AppError for a result that is not sound, or a field that may not change like this any more
 */
export function patchEdit(patch: ExperimentPatch, { document, lifecycle }: Snapshot, now: Date): Edit | undefined {
  const patched = readDocument(mergePatch(document, patch));
  const fields = changedFields(document, patched);
  if (fields.length === 0) return undefined;
  requirePatchable(lifecycle.status, fields);
  if (lifecycle.status !== 'DRAFT' && fields.includes('endDate')) requireEndAhead(patched, now);
  return { change: 'updated', reason: null, document: patched };
}

/** What runs is ended by `complete`, with a decision, and not by a date that is moved behind it. */
export function requireEndAhead({ endDate }: SettledExperiment, now: Date): void {
  if (endDate !== null && Date.parse(endDate) <= now.getTime()) {
    throw AppError.field('endDate', 'must be in the future; use POST …/complete to end the experiment now');
  }
}
