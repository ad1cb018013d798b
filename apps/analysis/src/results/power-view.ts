import type { AnalysisPlan, Metric, MidExperimentResult } from '@assay/contracts';
import { midExperimentPower, type Comparison, type MidExperimentEngine } from '@assay/stats';
import { decidingView } from './deciding-view.js';
import { plannedUnitsOf } from './sequential-input.js';

export interface PowerInput {
  readonly analysis: AnalysisPlan;
  readonly metric: Metric;
  readonly relative: Comparison['relative'];
  /** Units of both arms. */
  readonly units: number;
  /** New units of both arms a day; null when not known. */
  readonly dailyUnits: number | null;
  readonly goalMetrics: number;
  /** Comparisons that share the level: goal metrics × treatments when the plan corrects. */
  readonly tests: number;
}

/** What is still needed to tell the metric's expected effect, as the plan will decide; null without an expected effect. */
export function powerView(input: PowerInput): MidExperimentResult | null {
  const { analysis, metric, relative, units, dailyUnits, goalMetrics, tests } = input;
  const { expectedEffect } = metric;
  if (expectedEffect === null || expectedEffect === 0 || metric.role !== 'goal') return null;
  const target = { targetEffect: expectedEffect, targetPower: analysis.power };
  const unknown = { powerNow: null, additionalUnits: null, additionalDays: null };
  if (relative?.standardError == null) {
    const refusal = { code: 'NO_UNITS', message: 'There is no relative effect yet.' };
    return { ...target, ...unknown, refusal };
  }
  const power = midExperimentPower({
    standardError: relative.standardError,
    n: units,
    targetEffect: expectedEffect,
    targetPower: analysis.power,
    // Power is planned with two tails; a one-sided test at alpha has that of a two-sided one at twice alpha.
    alpha: analysis.alternative === 'one-sided' ? 2 * analysis.alpha : analysis.alpha,
    engine: engineOf(analysis, metric),
    goalMetrics,
    tests,
  });
  if (!power.ok) return { ...target, ...unknown, refusal: power.refusal };
  const { powerNow, additionalUnits } = power.value;
  const additionalDays = dailyUnits === null || dailyUnits === 0 ? null : additionalUnits / dailyUnits;
  return { ...target, powerNow, additionalUnits, additionalDays, refusal: null };
}

/** Group-sequential plans are priced as a fixed horizon: their last look costs little more. */
function engineOf(analysis: AnalysisPlan, metric: Metric): MidExperimentEngine {
  if (decidingView(analysis) === 'bayesian') {
    const { prior } = analysis;
    return {
      kind: 'bayesian',
      prior: prior === null ? null : { mean: prior.mean, variance: prior.standardDeviation ** 2 },
    };
  }
  if (analysis.sequential === 'asymptotic-cs' || analysis.sequential === 'msprt') {
    return { kind: 'sequential', tuningParameter: plannedUnitsOf(analysis, metric) };
  }
  return { kind: 'fixed' };
}
