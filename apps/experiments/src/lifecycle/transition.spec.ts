import {
  EXPERIMENT_STATUSES,
  TRANSITIONS,
  type Decision,
  type ExperimentStatus,
  type Transition,
} from '@assay/contracts';
import fc from 'fast-check';
import { transition, transitionsFrom, type LifecycleAction, type LifecycleState } from './transition.js';

const now = new Date('2026-11-22T12:00:00Z');
const later = new Date('2026-11-23T12:00:00Z');
const earlier = new Date('2026-11-21T12:00:00Z');
const decision: Decision = { decision: 'ship', winner: 'b', reason: 'better' };
const draft: LifecycleState = { status: 'DRAFT', startDate: null, endDate: null, startedAt: null, decision: null };

const action = (kind: Transition): LifecycleAction => (kind === 'complete' ? { kind, decision } : { kind });
const move = (state: LifecycleState, kind: Transition, at = now): LifecycleState => transition(state, action(kind), at);

const ALLOWED: Record<ExperimentStatus, Partial<Record<Transition, ExperimentStatus>>> = {
  DRAFT: { start: 'ACTIVE', archive: 'ARCHIVED' },
  ACTIVE: { pause: 'PAUSED', complete: 'COMPLETED' },
  PAUSED: { resume: 'ACTIVE', complete: 'COMPLETED', archive: 'ARCHIVED' },
  COMPLETED: { archive: 'ARCHIVED' },
  ARCHIVED: {},
};

describe('transition', () => {
  for (const from of EXPERIMENT_STATUSES) {
    for (const kind of TRANSITIONS) {
      const to = ALLOWED[from][kind];
      it(`${from} ${kind} -> ${to ?? 'refused'}`, () => {
        const state = { ...draft, status: from, startDate: earlier, startedAt: from === 'DRAFT' ? null : earlier };
        if (to !== undefined) expect(move(state, kind).status).toBe(to);
        else
          expect(() => move(state, kind)).toThrow(
            expect.objectContaining({ kind: 'conflict', code: 'invalid_transition' }) as Error,
          );
      });
    }
  }

  it('says where the experiment is, what was asked, and what is possible', () => {
    expect(() => move({ ...draft, status: 'PAUSED' }, 'start')).toThrow(
      'An experiment that is PAUSED cannot start (become ACTIVE). Possible now: resume, complete, archive.',
    );
    expect(() => move({ ...draft, status: 'ARCHIVED' }, 'resume')).toThrow('Nothing can be done with it any more.');
  });

  it('starts now, whatever start was planned for later; a start in the past stays on record', () => {
    expect(move(draft, 'start')).toMatchObject({ startDate: now, startedAt: now });
    expect(move({ ...draft, startDate: later }, 'start').startDate).toEqual(now);
    expect(move({ ...draft, startDate: earlier }, 'start')).toMatchObject({ startDate: earlier, startedAt: now });
  });

  it('ends now when it is completed before its planned end, and at that end when it is completed after', () => {
    const active = { ...draft, status: 'ACTIVE', startDate: earlier, startedAt: earlier } as const;
    expect(move({ ...active, endDate: later }, 'complete')).toMatchObject({ endDate: now, decision });
    expect(move({ ...active, endDate: now }, 'complete', later).endDate).toEqual(now);
    expect(move({ ...active, startDate: now }, 'complete').endDate).toEqual(new Date(now.getTime() + 1));
  });

  it('leaves the dates of a draft alone that goes to the archive', () => {
    expect(move({ ...draft, endDate: later }, 'archive')).toMatchObject({ endDate: later, startedAt: null });
  });

  it('never leads to a state that means nothing, whatever is asked and when', () => {
    const step = fc.record({ kind: fc.constantFrom(...TRANSITIONS), minutes: fc.integer({ min: 0, max: 3_000 }) });
    const planned = fc.option(fc.integer({ min: -3_000, max: 3_000 }));
    fc.assert(
      fc.property(
        planned,
        fc.integer({ min: 1, max: 3_000 }),
        fc.boolean(),
        fc.array(step, { maxLength: 12 }),
        (start, length, ends, steps) => {
          const startDate = start === null ? null : new Date(now.getTime() + start * 60_000);
          let state: LifecycleState = {
            ...draft,
            startDate,
            endDate: ends ? new Date((startDate ?? now).getTime() + length * 60_000) : null,
          };
          let at = now.getTime();
          const past: ExperimentStatus[] = ['DRAFT'];
          for (const { kind, minutes } of steps) {
            at += minutes * 60_000;
            const before = state;
            // What `startability` refuses is not tried here.
            if (kind === 'start' && state.endDate !== null && state.endDate.getTime() <= at) continue;
            try {
              state = move(state, kind, new Date(at));
            } catch (error) {
              expect(error).toMatchObject({ code: 'invalid_transition' });
              expect(transitionsFrom(before.status)).not.toContain(kind);
              continue;
            }
            expect(ALLOWED[before.status][kind]).toBe(state.status);
            past.push(state.status);
            expect(state.startedAt !== null).toBe(past.includes('ACTIVE'));
            expect(state.decision !== null).toBe(past.includes('COMPLETED'));
            if (state.startedAt !== null)
              expect(state.startDate?.getTime()).toBeLessThanOrEqual(state.startedAt.getTime());
            if (state.startDate !== null && state.endDate !== null)
              expect(state.endDate.getTime()).toBeGreaterThan(state.startDate.getTime());
            if (state.status === 'COMPLETED') expect(state.endDate).not.toBeNull();
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
