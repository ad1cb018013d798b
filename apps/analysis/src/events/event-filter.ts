import { Conditions, prefixPattern } from './sql-conditions.js';

/** Which events a list is about. */
export interface EventFilter {
  readonly userId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly experimentId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Beginning of the user's id. */
  readonly q?: string | undefined;
}

/** The filter as conditions on the table of events. */
export const eventConditions = (projectId: string, filter: EventFilter): Conditions =>
  Conditions.none
    .and('project_id = ?', projectId)
    .andIf('user_id = ?', filter.userId)
    .andIf('event_type = ?', filter.eventType)
    .andIf('experiment_id = ?', filter.experimentId)
    .andIf('created_at >= ?', filter.from)
    .andIf('created_at < ?', filter.to)
    .andIf('user_id LIKE ?', prefixPattern(filter.q));

/** Whether an index finds the events: those of one user or of one experiment. */
export const isIndexed = ({ userId, experimentId }: EventFilter): boolean =>
  userId !== undefined || experimentId !== undefined;

/** Whether the filter lets everything of a project through. */
export const isEmpty = (filter: EventFilter): boolean =>
  Object.values(filter).every((value) => value === undefined || value === '');
