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
    const names = { c00: '00', c10: '10', c01: '01', c11: '11' } as const;
    const summaries = { c00: summary('00'), c10: summary('10'), c01: summary('01'), c11: summary('11') };
    const counts = {
      c00: conversions(names.c00),
      c10: conversions(names.c10),
      c01: conversions(names.c01),
      c11: conversions(names.c11),
    };
    return answer(experimentInteraction(summaries, alpha), (result) => ({
      assignmentIndependence: { chi2: result.assignment.statistic, pValue: result.assignment.pValue },
      interaction: zFields(result.interaction),
      effectOfXgivenY0: zFields(result.effectOfXgivenY0),
      effectOfXgivenY1: zFields(result.effectOfXgivenY1),
      logitInteraction: answer(logitInteraction(counts, alpha), (logit) => ({
        logOddsRatio: logit.estimate,
        se: logit.standardError,
        pValue: logit.pValue,
      })),
    }));
  },
};
