import type { OfrepFailure, OfrepSuccess } from '@assay/contracts';
import type { EvaluationResult } from '@assay/evaluation';
import type { ServedFlag } from '../environment/served-flag.js';
import { flagAnswer } from './to-ofrep.js';

/** Outcomes remembered of one flag. A flag has a few; who targets by name has many, and those cost a serialisation. */
const MOST_REMEMBERED = 500;

/** What is answered to the evaluation of one flag: on its own with this status, among others as this JSON. */
export interface Outcome {
  readonly status: 200 | 400;
  readonly text: string;
  /** What was served; "" is the default in the code. */
  readonly variant: string;
  /** In which environment of which project. */
  readonly flagSetId: string;
  /** Names the outcome in this process as long as it is remembered; 0 when it is not. */
  id: number;
  /** How often it was answered since it was last counted. */
  count: number;
}

let lastId = 0;

/** An answer of OFREP as it goes out. */
export function outcomeOf(answer: OfrepSuccess | OfrepFailure, flagSetId: string): Outcome {
  const [status, variant] = 'errorCode' in answer ? ([400, ''] as const) : ([200, answer.variant ?? ''] as const);
  return { status, text: JSON.stringify(answer), variant, flagSetId, id: 0, count: 0 };
}

/**
 * The answer to an evaluation, from memory where the same was answered before.
 *
 * @param definitionVersion of the experiment whose split was served, if it is one
 */
export function flagOutcome(
  served: ServedFlag,
  result: EvaluationResult,
  flagSetId: string,
  definitionVersion?: number,
): Outcome {
  const before = served.results.get(result);
  if (before?.flagSetId === flagSetId) {
    before.count += 1;
    return before;
  }
  const outcome = namedOutcome(served, result, flagSetId, definitionVersion);
  // A result that tells of exposures is another object each time, all others are one object per reason.
  if (result.exposures.length === 0 && outcome.id !== 0) served.results.set(result, outcome);
  return outcome;
}

function namedOutcome(
  served: ServedFlag,
  result: EvaluationResult,
  flagSetId: string,
  definitionVersion: number | undefined,
): Outcome {
  const name = outcomeName(result, flagSetId, definitionVersion);
  const known = served.outcomes.get(name);
  if (known !== undefined) {
    known.count += 1;
    return known;
  }
  const metadata = { flagSetId, version: served.version };
  const outcome = outcomeOf(flagAnswer(served.document, result, metadata, definitionVersion), flagSetId);
  outcome.count = 1;
  if (served.outcomes.size < MOST_REMEMBERED) {
    outcome.id = lastId += 1;
    served.outcomes.set(name, outcome);
  } else served.others.set(outcome.variant, (served.others.get(outcome.variant) ?? 0) + 1);
  return outcome;
}

/** Everything of a result that its answer depends on; the values come from the flag. */
function outcomeName(
  { reason, variant, ruleId, error, exposures }: EvaluationResult,
  flagSetId: string,
  definitionVersion: number | undefined,
): string {
  const name = `${flagSetId}\n${reason}\n${variant ?? '\u0000'}\n${ruleId ?? error ?? ''}`;
  const served = exposures.at(-1);
  return served === undefined
    ? name
    : `${name}\n${served.experiment}\n${served.arm}\n${served.variant}\n${definitionVersion ?? ''}`;
}
