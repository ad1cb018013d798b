import { AppError, type ExperimentStatus, type SettledExperiment } from '@assay/contracts';
import { isDeepStrictEqual } from 'node:util';

export type Field = keyof SettledExperiment;

/** How a field may change: by a patch, only by an amendment with a reason, or not at all. */
type Rule = 'free' | 'amend' | 'fixed';

/** After the start. While it runs, what the test measures takes an amendment; once it has ended, only how it is read may. */
const RULES: Record<Field, { readonly running: Rule; readonly ended: Rule }> = {
  name: { running: 'free', ended: 'free' },
  description: { running: 'free', ended: 'free' },
  tags: { running: 'free', ended: 'free' },
  coverage: { running: 'free', ended: 'fixed' },
  endDate: { running: 'free', ended: 'fixed' },
  hypothesis: { running: 'amend', ended: 'amend' },
  metrics: { running: 'amend', ended: 'amend' },
  analysis: { running: 'amend', ended: 'amend' },
  variants: { running: 'amend', ended: 'fixed' },
  unit: { running: 'amend', ended: 'fixed' },
  layer: { running: 'amend', ended: 'fixed' },
  targetingRules: { running: 'amend', ended: 'fixed' },
  factors: { running: 'amend', ended: 'fixed' },
  bandit: { running: 'amend', ended: 'fixed' },
  experimentType: { running: 'fixed', ended: 'fixed' },
  startDate: { running: 'fixed', ended: 'fixed' },
};

const FIELDS = Object.keys(RULES) as Field[];

/** The fields in which two documents differ. The order of an object's members is no difference. */
export function changedFields(before: SettledExperiment, after: SettledExperiment): Field[] {
  return FIELDS.filter((field) => !isDeepStrictEqual(before[field], after[field]));
}

/** @throws AppError `amendment_required` or `field_fixed` naming the fields that a patch may not touch in this status */
export function requirePatchable(status: ExperimentStatus, fields: readonly Field[]): void {
  requireNotFixed(status, fields);
  const amended = fields.filter((field) => ruleOf(status, field) === 'amend');
  if (amended.length === 0) return;
  throw AppError.conflict(
    `The experiment has started: ${amended.join(', ')} can only be amended. Use POST …/amendments with the change and its reason.`,
    'amendment_required',
    amended.map((path) => ({ path, message: 'needs an amendment once the experiment has started' })),
  );
}

/** @throws AppError `field_fixed` naming the fields that nothing can change any more in this status */
export function requireNotFixed(status: ExperimentStatus, fields: readonly Field[]): void {
  const fixed = fields.filter((field) => ruleOf(status, field) === 'fixed');
  if (fixed.length === 0) return;
  throw AppError.conflict(
    `The experiment is ${status}: ${fixed.join(', ')} cannot change any more. Clone it to try something else.`,
    'field_fixed',
    fixed.map((path) => ({ path, message: `cannot change when the experiment is ${status}` })),
  );
}

function ruleOf(status: ExperimentStatus, field: Field): Rule {
  if (status === 'DRAFT') return 'free';
  if (status === 'ARCHIVED') return RULES[field].ended === 'free' ? 'free' : 'fixed';
  return RULES[field][status === 'COMPLETED' ? 'ended' : 'running'];
}
