import type { ChiSquareTest } from '../contrast/chi-square-test.js';
import type { EffectResult } from '../effect/effect-result.js';
import { factorial2x2, type Cells2x2 } from '../factorial/factorial-2x2.js';
import { computed, type Outcome } from '../refusal.js';
import { assignmentIndependence } from './assignment-independence.js';

export interface ExperimentInteraction {
  /** Whether the two experiments assign independently. */
  readonly assignment: ChiSquareTest;
  /** Effect of X for units in Y's treatment minus its effect for units in Y's control. */
  readonly interaction: EffectResult;
  readonly effectOfXgivenY0: EffectResult;
  readonly effectOfXgivenY1: EffectResult;
  /** On the scale of log means; `null` unless all means are positive. */
  readonly logInteraction: EffectResult | null;
}

/**
 * Interaction of two running experiments X and Y on one metric, from the units exposed to both, in cells named by the
 * variant of X, then of Y (0 control, 1 treatment): independence of assignment, and difference of X's effects. For
 * conversions see also {@link logitInteraction}; for more than two variants, {@link factorialWald}.
 *
 * @returns refusals of {@link factorial2x2} and {@link assignmentIndependence}.
 */
export function experimentInteraction(cells: Cells2x2, alpha: number): Outcome<ExperimentInteraction> {
  const effects = factorial2x2(cells, alpha);
  if (!effects.ok) return effects;
  const assignment = assignmentIndependence([
    [cells.c00.n, cells.c01.n],
    [cells.c10.n, cells.c11.n],
  ]);
  if (!assignment.ok) return assignment;
  const { interaction, simpleAatB0, simpleAatB1, logInteraction } = effects.value;
  return computed({
    assignment: assignment.value,
    interaction,
    effectOfXgivenY0: simpleAatB0,
    effectOfXgivenY1: simpleAatB1,
    logInteraction,
  });
}
