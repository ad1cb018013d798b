import { EXPERIMENT_STATUSES, ExperimentDocument, settleExperiment, type ExperimentStatus } from '@assay/contracts';
import fc from 'fast-check';
import type { Snapshot } from '../editing/snapshot.js';
import { dueEdit } from './due-edit.js';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;

interface Case {
  readonly status: ExperimentStatus;
  /** Hours from noon; `written` is when the experiment was last changed. */
  readonly start?: number | null;
  readonly end?: number | null;
  readonly written?: number;
}

const at = (hours: number): Date => new Date(NOON + hours * HOUR);

function snapshot({ status, start = null, end = null, written = -10 }: Case): Snapshot {
  const startDate = start === null ? null : at(start);
  const endDate = end === null ? null : at(end);
  const document = settleExperiment(
    ExperimentDocument.parse({
      name: 'Gate',
      startDate: startDate?.toISOString() ?? null,
      endDate: endDate?.toISOString() ?? null,
      variants: [
        { key: 'a', isControl: true, trafficAllocation: 50 },
        { key: 'b', trafficAllocation: 50 },
      ],
    }),
  );
  const startedAt = status === 'DRAFT' ? null : at(-9);
  return { lifecycle: { status, startDate, endDate, startedAt, decision: null }, document, updatedAt: at(written) };
}

const due = (given: Case, hours = 0) => dueEdit(snapshot(given), at(hours));

describe('dueEdit', () => {
  it('starts a draft at its time, not before', () => {
    expect(due({ status: 'DRAFT', start: 1 })).toBeUndefined();
    expect(due({ status: 'DRAFT', start: 1 }, 1)).toMatchObject({
      change: 'started',
      lifecycle: { status: 'ACTIVE', startDate: at(1), startedAt: at(1) },
    });
  });

  it('does not start a draft whose date was past already when it was written', () => {
    expect(due({ status: 'DRAFT', start: -2, written: -1 })).toBeUndefined();
    expect(due({ status: 'DRAFT', start: -2, written: -3 })?.change).toBe('started');
  });

  it('takes the date from a draft that cannot start any more', () => {
    expect(due({ status: 'DRAFT', start: -2, end: -1 })).toMatchObject({
      change: 'unscheduled',
      reason: 'The planned start was not possible: endDate has passed: set one in the future, or none',
      lifecycle: { status: 'DRAFT', startDate: null },
    });
  });

  it('completes what runs at its planned end, without a decision for anybody', () => {
    for (const status of ['ACTIVE', 'PAUSED'] as const) {
      expect(due({ status, start: -9, end: 1 })).toBeUndefined();
      expect(due({ status, start: -9, end: 1 }, 2)).toMatchObject({
        change: 'completed',
        lifecycle: { status: 'COMPLETED', endDate: at(1), decision: { decision: 'inconclusive', winner: null } },
      });
    }
  });

  it('has nothing more to do once it is done', () => {
    const hours = fc.option(fc.integer({ min: -5, max: 5 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...EXPERIMENT_STATUSES),
        hours,
        hours,
        fc.integer({ min: -5, max: 5 }),
        (status, start, length, now) => {
          const end = length === null ? null : (start ?? 0) + Math.abs(length) + 1;
          const before = snapshot({ status, start, end });
          const edit = dueEdit(before, at(now));
          fc.pre(edit?.lifecycle !== undefined);
          const lifecycle = edit.lifecycle;
          const document = { ...before.document, startDate: lifecycle.startDate?.toISOString() ?? null };
          expect(dueEdit({ lifecycle, document, updatedAt: at(now) }, at(now))).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });
});
