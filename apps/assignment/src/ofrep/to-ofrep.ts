import type { Assignment, OfrepFailure, OfrepReason, OfrepSuccess } from '@assay/contracts';
import type { EvaluationResult, Exposure, Flag } from '@assay/evaluation';

export type Metadata = NonNullable<OfrepSuccess['metadata']>;

/**
 * An evaluation as OFREP answers it. Without a variant the code's default is meant; OFREP cannot say null.
 *
 * @param definitionVersion of the experiment whose split was served; where it is none, the flag alone decided
 */
export function flagAnswer(
  flag: Flag,
  result: EvaluationResult,
  metadata: Metadata,
  definitionVersion = metadata['version'],
): OfrepSuccess | OfrepFailure {
  const { key } = flag;
  if (result.reason === 'ERROR') {
    return { key, errorCode: 'GENERAL', errorDetails: `The flag cannot be evaluated: ${result.error ?? 'unknown'}.` };
  }
  const reason = reasonOf(flag, result);
  if (result.variant === null) return { key, reason, metadata };
  const value = result.value === null ? {} : { value: result.value as NonNullable<OfrepSuccess['value']> };
  return {
    key,
    reason,
    ...value,
    variant: result.variant,
    metadata: { ...metadata, ...splitMetadata(result, definitionVersion) },
  };
}

/** Which arm of which split was served, for telemetry. */
function splitMetadata(result: EvaluationResult, definitionVersion: Metadata[string] | undefined): Metadata {
  const served = servedSplit(result);
  if (served === undefined) return {};
  const { experiment, arm: variant } = served;
  return definitionVersion === undefined ? { experiment, variant } : { experiment, variant, definitionVersion };
}

/** The split whose arm is the result. */
export function servedSplit({ reason, variant, exposures }: EvaluationResult): Exposure | undefined {
  const served = reason === 'SPLIT' ? exposures.at(-1) : undefined;
  return served?.variant === variant ? served : undefined;
}

/**
 * OFREP's reasons are fewer than the engine's. A fallback that names a variant is STATIC, one that leaves it to the code is
 * UNKNOWN. Off is DISABLED only if the flag itself is: whom a rule or a rollout leaves out was decided upon.
 */
function reasonOf(flag: Flag, { reason, variant, ruleId }: EvaluationResult): OfrepReason {
  switch (reason) {
    case 'STATIC':
    case 'TARGETING_MATCH':
    case 'SPLIT':
      return reason;
    case 'PREREQUISITE_FAILED':
      return 'DISABLED';
    case 'DISABLED':
      if (!flag.on) return reason;
      if (ruleId !== undefined) return 'TARGETING_MATCH';
      return flag.rules.some(({ when }) => hashes(when)) ? 'SPLIT' : 'STATIC';
    default:
      return variant === null ? 'UNKNOWN' : 'STATIC';
  }
}

const hashes = (when: Flag['rules'][number]['when']): boolean => typeof when === 'object' && 'bucket' in when;

/** A unit's part in an experiment, as the flag of the experiment's key. */
export function experimentAnswer(assignment: Assignment, metadata: Metadata): OfrepSuccess {
  const { experimentKey: key, variantKey, configuration, definitionVersion, reason } = assignment;
  if (variantKey === null || configuration === null) {
    return { key, reason: reason === 'NOT_ACTIVE' ? 'DISABLED' : 'UNKNOWN', metadata };
  }
  return {
    key,
    reason: 'SPLIT',
    value: configuration,
    variant: variantKey,
    metadata: { ...metadata, experiment: key, variant: variantKey, definitionVersion },
  };
}
