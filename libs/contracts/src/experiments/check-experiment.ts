import type { FieldError } from '../errors/app-error.js';
import { checkAnalysis } from './check-analysis.js';
import { checkMetrics } from './check-metrics.js';
import { checkType } from './check-type.js';
import { checkVariants, repeated } from './check-variants.js';
import type { ExperimentDocument } from './experiment.js';

/** A pointer without array indexes, as the rule model has it, or a plain name. */
const POINTER = /^(?:\/(?:[^/~]|~[01])+)+$/;

/**
 * Everything that a parsed experiment can still get wrong across its fields, all complaints at once and each with the path
 * of the field. The inside of `targetingRules` is not looked at here: that is `checkCondition` of @assay/evaluation.
 */
export function checkExperiment(experiment: ExperimentDocument): FieldError[] {
  return [
    ...checkDates(experiment),
    ...checkUnit(experiment),
    ...checkTags(experiment),
    ...checkVariants(experiment),
    ...checkMetrics(experiment),
    ...checkType(experiment),
    ...checkAnalysis(experiment),
  ];
}

function checkDates({ startDate, endDate }: ExperimentDocument): FieldError[] {
  const outside = Object.entries({ startDate, endDate })
    .filter(([, time]) => time !== null && !isInCalendar(time))
    .map(([path]) => ({ path, message: 'must lie between the years 1900 and 9999' }));
  if (outside.length > 0) return outside;
  if (startDate === null || endDate === null || Date.parse(endDate) > Date.parse(startDate)) return [];
  return [{ path: 'endDate', message: 'must be after startDate' }];
}

/** Beyond these years a time has no text that both JavaScript and PostgreSQL read alike. */
function isInCalendar(time: string): boolean {
  const year = new Date(time).getUTCFullYear();
  return year >= 1900 && year <= 9999;
}

function checkUnit({ unit }: ExperimentDocument): FieldError[] {
  const malformed = unit.flatMap((ref, index) =>
    ref.startsWith('/') && !POINTER.test(ref)
      ? [
          {
            path: `unit[${index}]`,
            message: 'must be an attribute name, or a JSON pointer such as /user/id (~0 for ~, ~1 for /)',
          },
        ]
      : [],
  );
  const twice = repeated(unit).map((index) => ({ path: `unit[${index}]`, message: `'${unit[index]}' is named twice` }));
  return [...malformed, ...twice];
}

function checkTags({ tags }: ExperimentDocument): FieldError[] {
  return repeated(tags).map((index) => ({ path: `tags[${index}]`, message: `'${tags[index]}' is named twice` }));
}
