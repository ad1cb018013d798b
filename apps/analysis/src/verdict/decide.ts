import type { ExperimentResults, MetricResult, VerdictAction } from '@assay/contracts';
import { bestOf, isOut, type Finding } from './findings.js';
import type { Requirements } from './requirements.js';

type Verdict = ExperimentResults['verdict'];

export interface Decided {
  readonly decision: Verdict['decision'];
  readonly winner: Finding | undefined;
  readonly action: VerdictAction;
  /** Treatments to be given up while the others go on. */
  readonly dropped: readonly Finding[];
}

export interface DecideInput {
  readonly findings: readonly Finding[];
  readonly required: Requirements;
  readonly hasEnded: boolean;
}

/** What the treatments show together, and what to do about it. */
export function decide(input: DecideInput): Decided {
  const { findings, required, hasEnded } = input;
  const isTooEarly = required.isTooEarly && !hasEnded;
  const winner = isTooEarly ? undefined : winnerOf(findings, hasEnded);
  const decision = decisionOf(input, winner, isTooEarly);
  const action = actionOf(input, winner, decision, isTooEarly);
  const goesOn = action === 'keep-running' && required.unmet.length === 0 && !isTooEarly;
  return { decision, winner, action, dropped: goesOn ? findings.filter(isOut) : [] };
}

/**
 * The best treatment that harms nothing. When no more can be shown a better one whose margin is open gives way to one whose
 * margins are kept; when all treatments do harm it is the best of them, which is not shipped.
 */
function winnerOf(findings: readonly Finding[], hasEnded: boolean): Finding | undefined {
  const better = findings.filter(({ shows }) => shows === 'better');
  const harmless = better.filter(({ isHarmful }) => !isHarmful);
  const proven = harmless.filter(({ isUnproven }) => !isUnproven);
  if (hasEnded && proven.length > 0) return bestOf(proven);
  if (harmless.length > 0) return bestOf(harmless);
  return findings.every(isOut) ? bestOf(better) : undefined;
}

function decisionOf(
  { findings, required, hasEnded }: DecideInput,
  winner: Finding | undefined,
  isTooEarly: boolean,
): Verdict['decision'] {
  if (isTooEarly) return 'no-difference-yet';
  if (winner !== undefined) return 'treatment-better';
  if (findings.length > 0 && findings.every(({ shows }) => shows === 'worse')) return 'control-better';
  return hasEnded || required.isComplete ? 'inconclusive' : 'no-difference-yet';
}

function actionOf(
  { findings, required, hasEnded }: DecideInput,
  winner: Finding | undefined,
  decision: Verdict['decision'],
  isTooEarly: boolean,
): VerdictAction {
  if (isTooEarly || required.unmet.length > 0) return hasEnded ? 'inconclusive' : 'keep-running';
  if (findings.length > 0 && findings.every(isOut)) return 'rollback';
  if (winner !== undefined && !winner.isUnproven) return 'ship';
  if (decision === 'inconclusive') return 'inconclusive';
  return hasEnded ? 'inconclusive' : 'keep-running';
}

/** The winner's key, that of the control when it does best, null when nobody does. */
export function winnerKey({ decision, winner }: Decided, { comparisons }: MetricResult): string | null {
  return decision === 'control-better' ? (comparisons[0]?.against ?? null) : (winner?.variantKey ?? null);
}
