import type { AnalysisPlan, DecidingView } from '@assay/contracts';

/** Which of the three views of an effect the plan decides by. */
export function decidingView({ engine, sequential }: AnalysisPlan): DecidingView {
  if (engine === 'bayesian') return 'bayesian';
  return sequential === 'none' ? 'fixed' : 'sequential';
}
