import {
  AppError,
  checkExperiment,
  ExperimentDocument,
  fieldErrors,
  settleExperiment,
  type FieldError,
  type SettledExperiment,
} from '@assay/contracts';
import { checkCondition } from '@assay/evaluation';

/** Everything that is wrong with a parsed document: across its fields, and inside its targeting condition. */
export function documentErrors(document: ExperimentDocument): FieldError[] {
  return [...checkExperiment(document), ...targetingErrors(document.targetingRules)];
}

/** A document that is sound, with its open choices made. @throws AppError `validation_failed` with every complaint */
export function settledDocument(document: ExperimentDocument): SettledExperiment {
  const errors = documentErrors(document);
  if (errors.length > 0) throw AppError.validation(errors);
  return settleExperiment(document);
}

/** The same for a value that has yet to be parsed: a stored document with a patch merged into it. */
export function readDocument(value: unknown): SettledExperiment {
  const parsed = ExperimentDocument.safeParse(value);
  if (!parsed.success) throw AppError.validation(fieldErrors(parsed.error));
  return settledDocument(parsed.data);
}

function targetingErrors(condition: ExperimentDocument['targetingRules']): FieldError[] {
  if (condition === null) return [];
  return checkCondition(condition).map(({ path, message }) => ({ path: pathInside('targetingRules', path), message }));
}

/** The path of a member of what stands in a field. */
export function pathInside(field: string, path: string): string {
  if (path === '') return field;
  return path.startsWith('[') ? `${field}${path}` : `${field}.${path}`;
}
