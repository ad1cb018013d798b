import type { EvaluationError, EvaluationResult } from '../result.js';

/** Resolution reasons of the OpenFeature specification that an evaluation can have. */
export type OpenFeatureReason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'DISABLED' | 'ERROR';

/** Error codes of the OpenFeature specification that an evaluation can have. */
export type OpenFeatureErrorCode = 'FLAG_NOT_FOUND' | 'TYPE_MISMATCH' | 'GENERAL';

/** The reason as OpenFeature and OFREP name it: whatever serves off is DISABLED, a failed prerequisite, too. */
export function openFeatureReason({ reason }: EvaluationResult): OpenFeatureReason {
  return reason === 'PREREQUISITE_FAILED' ? 'DISABLED' : reason;
}

/** The error as OpenFeature and OFREP name it; a definition that leads nowhere is a GENERAL error. */
export function openFeatureErrorCode(error: EvaluationError): OpenFeatureErrorCode {
  return error === 'FLAG_NOT_FOUND' || error === 'TYPE_MISMATCH' ? error : 'GENERAL';
}
