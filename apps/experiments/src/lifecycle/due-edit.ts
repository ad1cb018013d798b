import type { Edit, Snapshot } from '../editing/snapshot.js';
import { startability } from './startability.js';
import { transition } from './transition.js';

/**
 * What time itself has decided about an experiment at `now`, undefined when nothing. A draft starts at its `startDate` if
 * that lay ahead when it was last written (a date in the past is a record, not a plan); what runs ends at its `endDate`.
 */
export function dueEdit({ lifecycle, document, updatedAt }: Snapshot, now: Date): Edit | undefined {
  const { status, startDate, endDate } = lifecycle;
  if (status === 'DRAFT' && startDate !== null && startDate <= now && startDate > updatedAt) {
    const errors = startability(document, now);
    if (errors.length === 0)
      return { change: 'started', reason: 'planned start', lifecycle: transition(lifecycle, { kind: 'start' }, now) };
    const reason = `The planned start was not possible: ${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`;
    return { change: 'unscheduled', reason, lifecycle: { ...lifecycle, startDate: null } };
  }
  if ((status === 'ACTIVE' || status === 'PAUSED') && endDate !== null && endDate <= now) {
    const decision = { decision: 'inconclusive', winner: null, reason: 'planned end' } as const;
    return {
      change: 'completed',
      reason: decision.reason,
      lifecycle: transition(lifecycle, { kind: 'complete', decision }, now),
    };
  }
  return undefined;
}
