import { AppError, type FieldError, type SettledExperiment } from '@assay/contracts';
import { documentErrors } from '../definition/read-document.js';

/** What keeps an experiment from being started at `now`; empty when nothing does. */
export function startability(document: SettledExperiment, now: Date): FieldError[] {
  const errors = documentErrors(document);
  if (document.endDate !== null && Date.parse(document.endDate) <= now.getTime()) {
    errors.push({ path: 'endDate', message: 'has passed: set one in the future, or none' });
  }
  return errors;
}

/** @throws AppError `not_startable` that names everything that is in the way */
export function requireStartable(document: SettledExperiment, now: Date): void {
  const errors = startability(document, now);
  if (errors.length === 0) return;
  const named = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw AppError.conflict(`The experiment cannot start yet: ${named}.`, 'not_startable', errors);
}
