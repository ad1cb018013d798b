import type { SequentialResult } from '@assay/contracts';
import { asymptoticConfidenceSequence, msprt, type Outcome } from '@assay/stats';
import { groupSequentialView } from './group-sequential-view.js';
import {
  described,
  endsOf,
  plannedUnitsOf,
  unavailable,
  type SequentialInput,
  type SequentialOutcome,
} from './sequential-input.js';

/** Relative effects that the mixture expects when neither plan nor metric says. */
const DEFAULT_MIXTURE_SCALE = 0.1;
/** Too few units for a normal approximation that has to hold from the first look on. */
const BURN_IN_UNITS = 100;

/** The view that stays valid however often it is looked at, by the method of the plan. */
export function sequentialView(input: SequentialInput): SequentialOutcome {
  switch (input.analysis.sequential) {
    case 'none':
      return { sequential: null, sequentialRefusal: null };
    case 'asymptotic-cs':
      return confidenceSequence(input);
    case 'msprt':
      return mixtureTest(input);
    default:
      return groupSequentialView(input);
  }
}

const refusedBy = (outcome: Outcome<unknown>): SequentialOutcome =>
  outcome.ok
    ? unavailable('NO_UNITS', 'There is no effect yet.')
    : { sequential: null, sequentialRefusal: outcome.refusal };

function confidenceSequence(input: SequentialInput): SequentialOutcome {
  const { analysis, metric, comparison, units, alpha, alternative } = input;
  const tuningParameter = plannedUnitsOf(analysis, metric);
  const look = ({ estimate, standardError }: { estimate: number; standardError: number | null }) =>
    standardError === null
      ? null
      : asymptoticConfidenceSequence({ estimate, standardError, n: units }, { alpha, tuningParameter, alternative });
  const absolute = comparison.absolute === null ? null : look(comparison.absolute);
  if (absolute === null) return unavailable('NO_UNITS', 'There is no effect yet.');
  if (!absolute.ok) return refusedBy(absolute);
  const relative = comparison.relative === null ? null : look(comparison.relative);
  const { pValue, ci } = absolute.value;
  const view = {
    ...described(input),
    pValue,
    ci: endsOf(ci),
    relativeCi: relative?.ok === true ? endsOf(relative.value.ci) : null,
    significant: pValue < alpha,
    plannedUnits: tuningParameter,
  };
  return { sequential: view, sequentialRefusal: null };
}

/**
 * Mixes over relative effects, so that one scale, fixed before the start, serves every metric; it is two-sided. Without a
 * baseline there are no relative effects, and no such test.
 */
function mixtureTest(input: SequentialInput): SequentialOutcome {
  const { analysis, metric, comparison, smallest, alpha, alternative } = input;
  const { relative, absolute } = comparison;
  if (alternative !== 'two-sided') {
    return unavailable(
      'TWO_SIDED_ONLY',
      'msprt is two-sided: amend analysis.alternative, or clone the experiment with asymptotic-cs.',
    );
  }
  if (smallest < BURN_IN_UNITS) {
    return unavailable('NOT_ENOUGH_TRAFFIC', `msprt begins when every arm has ${BURN_IN_UNITS} units.`);
  }
  if (relative?.standardError == null || absolute === null) {
    return unavailable('NO_RELATIVE_EFFECT', 'msprt mixes over relative effects, and there is none.');
  }
  const mixtureScale = analysis.mixtureScale ?? Math.abs(metric.expectedEffect ?? DEFAULT_MIXTURE_SCALE);
  const tau2 = (mixtureScale > 0 ? mixtureScale : DEFAULT_MIXTURE_SCALE) ** 2;
  const test = msprt(relative.estimate, relative.standardError ** 2, { alpha, tau2 });
  if (!test.ok) return refusedBy(test);
  const { pValue, ci } = test.value;
  const baseline = relative.estimate === 0 ? null : absolute.estimate / relative.estimate;
  const view: SequentialResult = {
    ...described(input),
    pValue,
    ci: baseline === null ? null : [ci[0] * baseline, ci[1] * baseline],
    relativeCi: [ci[0], ci[1]],
    significant: pValue < alpha,
    mixtureScale,
  };
  return { sequential: view, sequentialRefusal: null };
}
