import type { AnalysisPlan, Comparison, MetricResult } from '@assay/contracts';
import type { GuardrailFindings } from './guardrails.js';
import { gain, openSentence, percent, sentence } from './sentences.js';

/** What one treatment shows on the primary metric, and what it does elsewhere. */
export interface Finding {
  readonly variantKey: string;
  readonly comparison: Comparison;
  readonly shows: 'better' | 'worse' | 'open';
  /** In the direction that the metric prefers. */
  readonly gain: number;
  /** It harms a guardrail. */
  readonly isHarmful: boolean;
  /** A margin is not shown to be kept. */
  readonly isUnproven: boolean;
}

export function findingsOf(primary: MetricResult, { harmed, unproven }: GuardrailFindings): Finding[] {
  const isAmong = (found: readonly { readonly variantKey: string }[], key: string): boolean =>
    found.some(({ variantKey }) => variantKey === key);
  return primary.comparisons.map((comparison) => {
    const { variantKey } = comparison;
    return {
      variantKey,
      comparison,
      shows: shownBy(primary, comparison),
      gain: gain(primary, comparison),
      isHarmful: isAmong(harmed, variantKey),
      isUnproven: isAmong(unproven, variantKey),
    };
  });
}

function shownBy(primary: MetricResult, comparison: Comparison): Finding['shows'] {
  if (comparison.decisive !== true || comparison.absolute === null) return 'open';
  const size = gain(primary, comparison);
  if (size > 0) return 'better';
  return size < 0 ? 'worse' : 'open';
}

export const isOut = ({ shows, isHarmful }: Finding): boolean => shows === 'worse' || isHarmful;

export const bestOf = (findings: readonly Finding[]): Finding | undefined =>
  findings.reduce<Finding | undefined>(
    (held, next) => (held === undefined || next.gain > held.gain ? next : held),
    undefined,
  );

/**
 * A sentence for every treatment by what it shows, the winner's first.
 *
 * @param soFar the plan does not look yet: what is better or worse is so for the time being.
 */
export function sentencesOf(
  primary: MetricResult,
  findings: readonly Finding[],
  winner: Finding | undefined,
  analysis: AnalysisPlan,
  soFar: boolean,
): string[] {
  const ordered = winner === undefined ? findings : [winner, ...findings.filter((each) => each !== winner)];
  return ordered.map((finding) => {
    const { comparison, shows } = finding;
    if (shows === 'open') return openSentence(primary, comparison, threshold(analysis, comparison));
    const told = sentence(primary, comparison, `${soFar ? 'so far ' : ''}${shows} than`);
    return winner !== undefined && finding.gain > winner.gain ? `${told} ${passedOver(finding)}` : told;
  });
}

const passedOver = ({ variantKey, isHarmful }: Finding): string =>
  `${variantKey} is passed over, since ${isHarmful ? 'it harms a guardrail' : 'a margin is not shown to be kept'}.`;

/** What the deciding number would have had to be. */
function threshold({ alpha, chanceToWin }: AnalysisPlan, { decidedBy, sequential }: Comparison): string {
  if (decidedBy === 'bayesian') return `lies between ${percent(1 - chanceToWin)} and ${percent(chanceToWin)}`;
  if (decidedBy === 'sequential' && sequential?.pValue == null) {
    return sequential?.look == null ? '' : 'does not cross it';
  }
  return `is not below ${decidedBy === 'sequential' ? (sequential?.alpha ?? alpha) : alpha}`;
}
