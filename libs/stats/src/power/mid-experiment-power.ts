import type { NormalPrior } from '../bayesian/normal-prior.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { computedNumbers, refuse, refused, type Outcome, type Refusal } from '../refusal.js';
import { asymptoticCriticalValue } from '../sequential/asymptotic-critical-value.js';
import { posteriorPower } from './posterior-power.js';
import { criticalZ, zPower } from './z-power.js';

/** More than 2^27 times the present units are not worth naming. */
const MOST_DOUBLINGS = 27;

export type MidExperimentEngine =
  | { readonly kind: 'fixed' }
  | { readonly kind: 'sequential'; readonly tuningParameter: number }
  /** Prior of the effect in its own unit; `null` for a flat one. */
  | { readonly kind: 'bayesian'; readonly prior: NormalPrior | null };

export interface MidExperimentInput {
  /** Present standard error of the effect, by whatever method the results use. */
  readonly standardError: number;
  /** Present units of the two arms compared. */
  readonly n: number;
  /** Effect worth detecting, in the unit of `standardError`; its sign does not matter. */
  readonly targetEffect: number;
  readonly targetPower: number;
  readonly alpha: number;
  readonly engine: MidExperimentEngine;
  /** Goal metrics that must all be detected: each then needs power `targetPower^(1/m)`. 1 if absent. */
  readonly goalMetrics?: number;
  /** Tests that share `alpha` when p-values are corrected: arms besides control times goal metrics. 1 if absent. */
  readonly tests?: number;
}

export interface MidExperimentPower {
  /** Power if the experiment ended now. */
  readonly powerNow: number;
  /** Further units as a multiple of `n`; 0 when there are enough. */
  readonly scalingFactor: number;
  /** Further units of the two arms, not rounded. */
  readonly additionalUnits: number;
}

/**
 * How many more units a running comparison needs: variance falls as `1/(1 + scaling)`, and the scaling at which power
 * reaches its target is solved for (gbstats `MidExperimentPower`, which bisects to 1e-5 of power).
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID`, `ZERO_VARIANCE`, `NO_UNITS`; `NOT_ENOUGH_TRAFFIC` when 2^27
 *   times the units would not do.
 */
export function midExperimentPower(input: MidExperimentInput): Outcome<MidExperimentPower> {
  const wrong = midExperimentRefusal(input);
  if (wrong) return { ok: false, refusal: wrong };
  const target = input.targetPower ** (1 / (input.goalMetrics ?? 1));
  const excess = (scaling: number): number => powerAt(input, scaling) - target;
  const powerNow = powerAt(input, 0);
  if (powerNow >= target) return computedNumbers({ powerNow, scalingFactor: 0, additionalUnits: 0 });
  let high = 1;
  for (let doubling = 0; doubling < MOST_DOUBLINGS && excess(high) < 0; doubling++) high *= 2;
  if (excess(high) < 0) {
    return refused('NOT_ENOUGH_TRAFFIC', 'No reachable number of further units gives the target power.');
  }
  const scalingFactor = bracketedRoot(excess, high === 1 ? 0 : high / 2, high, 1e-12 * high);
  return computedNumbers({ powerNow, scalingFactor, additionalUnits: scalingFactor * input.n });
}

function powerAt(
  { standardError, n, targetEffect, alpha, engine, tests = 1 }: MidExperimentInput,
  scaling: number,
): number {
  const level = alpha / tests;
  const variance = (standardError * standardError) / (1 + scaling);
  const effect = Math.abs(targetEffect);
  if (engine.kind === 'bayesian') return posteriorPower(effect, variance, engine.prior, level);
  const critical =
    engine.kind === 'fixed'
      ? criticalZ(level)
      : asymptoticCriticalValue(n * (1 + scaling), level, engine.tuningParameter);
  return zPower(effect / Math.sqrt(variance), critical);
}

function midExperimentRefusal(input: MidExperimentInput): Refusal | null {
  const { standardError, n, targetEffect, targetPower, alpha, engine, goalMetrics = 1, tests = 1 } = input;
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return alphaRefusal;
  if (!(targetPower > 0 && targetPower < 1))
    return refuse('PLAN_INVALID', `targetPower is ${targetPower}; give one below 1.`);
  if (!(goalMetrics >= 1 && tests >= 1)) return refuse('PLAN_INVALID', 'goalMetrics and tests are at least 1.');
  if (!(Math.abs(targetEffect) > 0 && Math.abs(targetEffect) < Infinity)) {
    return refuse('PLAN_INVALID', `targetEffect is ${targetEffect}; give the effect worth detecting.`);
  }
  if (engine.kind === 'sequential' && !(engine.tuningParameter > 0)) {
    return refuse('PLAN_INVALID', `tuningParameter is ${engine.tuningParameter}; it must be positive.`);
  }
  if (engine.kind === 'bayesian' && engine.prior !== null && !(engine.prior.variance > 0)) {
    return refuse('PLAN_INVALID', 'A proper prior needs a positive variance.');
  }
  if (!(n > 0 && n < Infinity)) return refuse('NO_UNITS', `n is ${n}; there are no units yet.`);
  if (!(standardError > 0 && standardError < Infinity)) {
    return refuse('ZERO_VARIANCE', `standardError is ${standardError}; it must be positive and finite.`);
  }
  return null;
}
