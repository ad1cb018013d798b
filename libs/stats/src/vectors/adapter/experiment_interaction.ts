import { armEstimate } from '../../effect/arm-estimate.js';
import { experimentInteraction } from '../../interaction/experiment-interaction.js';
import { logitInteraction } from '../../interaction/logit-interaction.js';
import { proportionSummary } from '../../summary/proportion-summary.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';
import { zFields } from './z-fields.js';

type NamedCells = Record<'00' | '10' | '01' | '11', { n: number; x: number }>;

export const adapter: VectorAdapter = {
  experimentInteraction: ({ cells, alpha = 0.05 }: { cells: NamedCells; alpha?: number }) => {
    const summary = (name: keyof NamedCells) => armEstimate(proportionSummary(cells[name].n, cells[name].x));
    const conversions = (name: keyof NamedCells) => ({ n: cells[name].n, successes: cells[name].x });
    const summaries = { c00: summary('00'), c10: summary('10'), c01: summary('01'), c11: summary('11') };
    const counts = {
      c00: conversions('00'),
      c10: conversions('10'),
      c01: conversions('01'),
      c11: conversions('11'),
    };
    const logit = logitInteraction(counts, alpha);
    return answer(experimentInteraction(summaries, alpha), (result) => ({
      assignmentIndependence: { chi2: result.assignment.statistic, pValue: result.assignment.pValue },
      interaction: zFields(result.interaction),
      effectOfXgivenY0: zFields(result.effectOfXgivenY0),
      effectOfXgivenY1: zFields(result.effectOfXgivenY1),
      logitInteraction: logit.ok
        ? { logOddsRatio: logit.value.estimate, se: logit.value.standardError, pValue: logit.value.pValue }
        : null,
    }));
  },
};
