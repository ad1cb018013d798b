import type {
  AnalysisPlan,
  ExperimentResults,
  ExperimentStatus,
  Metric,
  MetricResult,
  SrmResult,
  VerdictAction,
} from '@assay/contracts';
import { decidingView } from '../results/deciding-view.js';
import { decide, winnerKey, type Decided } from './decide.js';
import { findingsOf, sentencesOf } from './findings.js';
import { guardrailFindings } from './guardrails.js';
import { decidesOnce } from './planned-sample.js';
import { requirements, type Requirements } from './requirements.js';
import { soundness } from './soundness.js';

/** A variant, its units in the results, and what it is given now. */
export interface VerdictArm {
  readonly key: string;
  readonly isControl: boolean;
  readonly trafficAllocation: number;
  readonly units: number;
  /** New units a day. */
  readonly dailyUnits: number;
}

export interface VerdictInput {
  readonly status: ExperimentStatus;
  readonly analysis: AnalysisPlan;
  readonly plannedMetrics: readonly Metric[];
  readonly arms: readonly VerdictArm[];
  readonly multipleExposures: number;
  readonly srm: SrmResult;
  readonly metrics: readonly MetricResult[];
  /** Days since the first exposure, until the moment in question or the end. */
  readonly days: number;
}

type Verdict = ExperimentResults['verdict'];

/**
 * What the numbers say by the plan that was made before, in words that name them. `decision` is about the primary metric;
 * `action` is what to do about it, guardrails, margins and the minimum sample considered.
 */
export function verdictOf(input: VerdictInput): Verdict {
  const { analysis, status } = input;
  const total = sum(input.arms.map(({ units }) => units));
  const answer = (decision: Verdict['decision'], action: VerdictAction, reasons: readonly string[]): Verdict => ({
    decision,
    action,
    winner: null,
    decidedBy: decidingView(analysis),
    reasons: [...reasons],
    needs: null,
  });
  if (total === 0) return answer('no-data', 'keep-running', ['No unit has been exposed yet.']);
  const { isSound, warnings } = soundness(input.srm, total, input.multipleExposures);
  if (!isSound) return answer('invalid', 'invalid', warnings);
  const arms = comparedArms(input.arms);
  const growing = arms.filter(isGrowing);
  const keys = new Set(arms.map(({ key }) => key));
  const metrics = input.metrics.map((metric) => ({
    ...metric,
    comparisons: metric.comparisons.filter(({ variantKey }) => keys.has(variantKey)),
  }));
  const primary = metrics.find(({ isPrimary }) => isPrimary) ?? metrics.find(({ role }) => role === 'goal');
  const planned = input.plannedMetrics.find(({ name }) => name === primary?.name);
  if (primary === undefined || planned === undefined) {
    return answer('inconclusive', 'inconclusive', ['There is no goal metric.', ...warnings]);
  }
  const required = requirements({
    analysis,
    metric: planned,
    primary,
    units: new Map(arms.map(({ key, units }) => [key, units])),
    growing: new Set(growing.map(({ key }) => key)),
    days: input.days,
    dailyUnits: sum(growing.map(({ dailyUnits }) => dailyUnits)),
  });
  const guards = guardrailFindings(metrics, analysis);
  const findings = findingsOf(primary, guards);
  const hasEnded = status === 'COMPLETED' || status === 'ARCHIVED';
  const decided = decide({ findings, required, hasEnded });
  const isTooEarly = required.isTooEarly && !hasEnded;
  return {
    ...answer(decided.decision, decided.action, [
      ...sentencesOf(primary, findings, decided.winner, analysis, isTooEarly),
      ...guards.harmed.map(({ reason }) => reason),
      ...guards.unproven.map(({ reason }) => reason),
      ...decided.dropped.map(dropSentence),
      ...aheadSentence(decided, required, analysis, hasEnded),
      ...required.unmet,
      ...(isOpen(decided) ? required.reasons : []),
      ...warnings,
    ]),
    winner: winnerKey(decided, primary),
    needs: required.needs,
  };
}

const isGrowing = ({ trafficAllocation }: VerdictArm): boolean => trafficAllocation > 0;

/**
 * The control, and the treatments that still get units: one that was given up by an amendment neither decides nor is waited for.
 * When all treatments were, they are judged by what they showed.
 */
function comparedArms(arms: readonly VerdictArm[]): readonly VerdictArm[] {
  const isGoingOn = arms.some((arm) => !arm.isControl && isGrowing(arm));
  return isGoingOn ? arms.filter((arm) => arm.isControl || isGrowing(arm)) : arms;
}

const isOpen = ({ decision }: Decided): boolean => decision === 'no-difference-yet' || decision === 'inconclusive';

const dropSentence = ({ variantKey }: Decided['dropped'][number]): string =>
  `Drop ${variantKey}: set its trafficAllocation to 0 by an amendment, and keep the others running.`;

/** What there is of the planned sample, where it is not complete and that matters. */
function aheadSentence(
  decided: Decided,
  { ahead }: Requirements,
  analysis: AnalysisPlan,
  hasEnded: boolean,
): readonly string[] {
  if (ahead === null || !(isOpen(decided) || decidesOnce(analysis))) return [];
  if (hasEnded) return [`${ahead} It ended without them.`];
  return [decidesOnce(analysis) ? `${ahead} A look before the planned end does not count.` : ahead];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
