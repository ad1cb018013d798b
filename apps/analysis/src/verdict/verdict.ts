import type {
  AnalysisPlan,
  Comparison,
  ExperimentResults,
  ExperimentStatus,
  Metric,
  MetricResult,
  SrmResult,
  VerdictAction,
} from '@assay/contracts';
import { decidingView } from '../results/deciding-view.js';
import { guardrailFindings } from './guardrails.js';
import { requirements, type Requirements } from './requirements.js';
import { gain, openSentence, percent, sentence } from './sentences.js';
import { soundness } from './soundness.js';

export interface VerdictInput {
  readonly status: ExperimentStatus;
  readonly analysis: AnalysisPlan;
  readonly plannedMetrics: readonly Metric[];
  /** Units in the results, by variant. */
  readonly units: readonly number[];
  readonly multipleExposures: number;
  readonly srm: SrmResult;
  readonly metrics: readonly MetricResult[];
  /** Days since the first exposure. */
  readonly days: number;
  /** New units of all variants a day. */
  readonly dailyUnits: number;
}

type Verdict = ExperimentResults['verdict'];
type Decided = Pick<Verdict, 'decision' | 'winner' | 'reasons'>;

/**
 * What the numbers say by the plan that was made before, in words that name them. `decision` is about the primary metric;
 * `action` is what to do about it, guardrails, margins and the minimum sample considered.
 */
export function verdictOf(input: VerdictInput): Verdict {
  const { analysis, status, metrics, units } = input;
  const total = units.reduce((sum, count) => sum + count, 0);
  const decidedBy = decidingView(analysis);
  const answer = (action: VerdictAction, decided: Decided, needs: Verdict['needs'] = null): Verdict => ({
    ...decided,
    action,
    decidedBy,
    needs,
  });
  if (total === 0) {
    return answer('keep-running', { decision: 'no-data', winner: null, reasons: ['No unit has been exposed yet.'] });
  }
  const { isSound, warnings } = soundness(input.srm, total, input.multipleExposures);
  if (!isSound) return answer('invalid', { decision: 'invalid', winner: null, reasons: [...warnings] });
  const primary = metrics.find(({ isPrimary }) => isPrimary) ?? metrics.find(({ role }) => role === 'goal');
  const planned = input.plannedMetrics.find(({ name }) => name === primary?.name);
  if (primary === undefined || planned === undefined) {
    const reasons = ['There is no goal metric.', ...warnings];
    return answer('inconclusive', { decision: 'inconclusive', winner: null, reasons });
  }
  const required = requirements({
    analysis,
    metric: planned,
    primary,
    smallest: Math.min(...units),
    variants: units.length,
    days: input.days,
    dailyUnits: input.dailyUnits,
  });
  const decided = decide(primary, input, required);
  const guards = guardrailFindings(metrics, analysis);
  const told = {
    ...decided,
    reasons: [
      ...decided.reasons,
      ...guards.harmed.map(({ reason }) => reason),
      ...guards.unproven.map(({ reason }) => reason),
      ...(status === 'COMPLETED' ? [] : required.unmet),
      ...(isOpen(decided) ? required.reasons : []),
      ...warnings,
    ],
  };
  const about = (found: readonly { readonly variantKey: string }[]): boolean =>
    found.some(({ variantKey }) => decided.winner === null || decided.winner === variantKey);
  return answer(actionOf(decided, input, required, about(guards.harmed), about(guards.unproven)), told, required.needs);
}

const isOpen = ({ decision }: Decided): boolean => decision === 'no-difference-yet' || decision === 'inconclusive';

function actionOf(
  { decision }: Decided,
  { status }: VerdictInput,
  { unmet }: Requirements,
  isHarmed: boolean,
  isUnproven: boolean,
): VerdictAction {
  const hasEnded = status === 'COMPLETED' || status === 'ARCHIVED';
  if (unmet.length > 0) return hasEnded ? 'inconclusive' : 'keep-running';
  if (decision === 'control-better' || isHarmed) return 'rollback';
  if (decision === 'inconclusive') return 'inconclusive';
  if (decision === 'treatment-better' && !isUnproven) return 'ship';
  return hasEnded ? 'inconclusive' : 'keep-running';
}

function decide(primary: MetricResult, { status, analysis }: VerdictInput, { isComplete }: Requirements): Decided {
  const clear = primary.comparisons.filter(({ decisive, absolute }) => decisive === true && absolute !== null);
  const better = clear.filter((comparison) => gain(primary, comparison) > 0);
  const best = better.reduce<Comparison | undefined>(
    (held, next) => (held === undefined || gain(primary, next) > gain(primary, held) ? next : held),
    undefined,
  );
  if (best !== undefined) {
    return { decision: 'treatment-better', winner: best.variantKey, reasons: [sentence(primary, best, 'better than')] };
  }
  const [worse] = clear;
  if (worse !== undefined && clear.length === primary.comparisons.length) {
    return {
      decision: 'control-better',
      winner: worse.against,
      reasons: clear.map((each) => sentence(primary, each, 'worse than')),
    };
  }
  const reasons = primary.comparisons.map((comparison) =>
    openSentence(primary, comparison, threshold(analysis, comparison)),
  );
  const hasEnded = status === 'COMPLETED' || isComplete;
  return { decision: hasEnded ? 'inconclusive' : 'no-difference-yet', winner: null, reasons };
}

/** What the deciding number would have had to be. */
function threshold({ alpha, chanceToWin }: AnalysisPlan, { decidedBy, sequential }: Comparison): string {
  if (decidedBy === 'bayesian') return `lies between ${percent(1 - chanceToWin)} and ${percent(chanceToWin)}`;
  if (decidedBy === 'sequential' && sequential?.pValue == null) {
    return sequential?.look == null ? '' : 'does not cross it';
  }
  return `is not below ${decidedBy === 'sequential' ? (sequential?.alpha ?? alpha) : alpha}`;
}
