import type { FieldError } from '../errors/app-error.js';
import type { ExperimentDocument } from './experiment.js';

/** What a plan asks for that no method answers. */
export function checkAnalysis({ analysis }: Pick<ExperimentDocument, 'analysis'>): FieldError[] {
  if (analysis.sequential !== 'msprt' || analysis.alternative === 'two-sided') return [];
  const message = "must be 'two-sided' with sequential 'msprt': for a one-sided test choose 'asymptotic-cs'";
  return [{ path: 'analysis.alternative', message }];
}
