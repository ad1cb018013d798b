import { AppError, type Decision, type ExperimentStatus, type Transition } from '@assay/contracts';

/** What moves when an experiment goes through its life. */
export interface LifecycleState {
  readonly status: ExperimentStatus;
  readonly startDate: Date | null;
  readonly endDate: Date | null;
  readonly startedAt: Date | null;
  readonly decision: Decision | null;
}

/** A transition with what it needs: completing takes a decision. */
export type LifecycleAction =
  { readonly kind: Exclude<Transition, 'complete'> } | { readonly kind: 'complete'; readonly decision: Decision };

/** DRAFT -> ACTIVE <-> PAUSED -> COMPLETED -> ARCHIVED; a draft that is given up and a test that is broken off end in the archive. */
const TRANSITIONS_FROM: Record<ExperimentStatus, Partial<Record<Transition, ExperimentStatus>>> = {
  DRAFT: { start: 'ACTIVE', archive: 'ARCHIVED' },
  ACTIVE: { pause: 'PAUSED', complete: 'COMPLETED' },
  PAUSED: { resume: 'ACTIVE', complete: 'COMPLETED', archive: 'ARCHIVED' },
  COMPLETED: { archive: 'ARCHIVED' },
  ARCHIVED: {},
};

/** What can be done with an experiment in this status. */
export const transitionsFrom = (status: ExperimentStatus): Transition[] =>
  Object.keys(TRANSITIONS_FROM[status]) as Transition[];

/**
 * The state after an action at `now`.
 *
 * @throws AppError `invalid_transition` that names where the experiment is, and what is possible from there
 */
export function transition(state: LifecycleState, action: LifecycleAction, now: Date): LifecycleState {
  const status = TRANSITIONS_FROM[state.status][action.kind];
  if (status === undefined) throw invalidTransition(state.status, action.kind);
  switch (action.kind) {
    case 'start':
      return { ...state, status, startedAt: now, startDate: earlierOf(state.startDate, now) };
    case 'complete':
      return { ...state, status, endDate: endedAt(state, now), decision: action.decision };
    case 'archive':
      return { ...state, status, endDate: state.startedAt === null ? state.endDate : endedAt(state, now) };
    default:
      return { ...state, status };
  }
}

/** A planned end that is still ahead gives way to the real one, which is always after the start. */
function endedAt({ startDate, endDate }: LifecycleState, now: Date): Date {
  const end = earlierOf(endDate, now);
  return startDate !== null && end <= startDate ? new Date(startDate.getTime() + 1) : end;
}

const earlierOf = (planned: Date | null, now: Date): Date => (planned === null || planned > now ? now : planned);

const TARGET: Record<Transition, ExperimentStatus> = {
  start: 'ACTIVE',
  pause: 'PAUSED',
  resume: 'ACTIVE',
  complete: 'COMPLETED',
  archive: 'ARCHIVED',
};

function invalidTransition(from: ExperimentStatus, asked: Transition): AppError {
  const possible = transitionsFrom(from);
  const advice =
    possible.length === 0 ? 'Nothing can be done with it any more.' : `Possible now: ${possible.join(', ')}.`;
  return AppError.conflict(
    `An experiment that is ${from} cannot ${asked} (become ${TARGET[asked]}). ${advice}`,
    'invalid_transition',
  );
}
