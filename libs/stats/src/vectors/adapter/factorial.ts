import type { EffectResult } from '../../effect/effect-result.js';
import type { ChiSquareTest } from '../../contrast/chi-square-test.js';
import { armEstimate, type ArmEstimate } from '../../effect/arm-estimate.js';
import { factorial2x2, type Cells2x2 } from '../../factorial/factorial-2x2.js';
import { factorialAnova } from '../../factorial/factorial-anova.js';
import { factorialWald } from '../../factorial/factorial-wald.js';
import { meanFromValues } from '../../summary/mean-summary.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';
import { zFields } from './z-fields.js';

type NamedCells = Record<'00' | '10' | '01' | '11', ArmEstimate>;

const toCells = (cells: NamedCells): Cells2x2 => ({
  c00: cells['00'],
  c10: cells['10'],
  c01: cells['01'],
  c11: cells['11'],
});

function effects(cells: Cells2x2, alpha: number): Record<string, unknown> {
  const outcome = factorial2x2(cells, alpha);
  if (!outcome.ok) return { error: outcome.refusal.code };
  return Object.fromEntries(
    Object.entries<EffectResult | null>({ ...outcome.value }).map(([name, value]) => [
      name,
      value === null ? null : zFields(value),
    ]),
  );
}

function anova(cells: Cells2x2): unknown {
  return answer(factorialAnova(cells), ({ a, b, interaction }) => ({
    F_a: a.f,
    p_a: a.pValue,
    F_b: b.f,
    p_b: b.pValue,
    F_ab: interaction.f,
    p_ab: interaction.pValue,
  }));
}

const chiFields = ({ statistic, degreesOfFreedom, pValue }: ChiSquareTest): unknown => ({
  chi2: statistic,
  df: degreesOfFreedom,
  pValue,
});

export const adapter: VectorAdapter = {
  factorial2x2: ({ cells, alpha = 0.05 }: { cells: NamedCells; alpha?: number }) => effects(toCells(cells), alpha),
  factorial2x2Raw: ({ rows, alpha = 0.05 }: { rows: [number, number, number][]; alpha?: number }) => {
    const cell = (a: number, b: number): ArmEstimate =>
      armEstimate(meanFromValues(rows.filter((row) => row[0] === a && row[1] === b).map((row) => row[2])));
    const cells = { c00: cell(0, 0), c10: cell(1, 0), c01: cell(0, 1), c11: cell(1, 1) };
    return { ...effects(cells, alpha), anovaType3: anova(cells) };
  },
  factorialWald: ({ cells }: { cells: ArmEstimate[][] }) =>
    answer(factorialWald(cells), ({ factorA, factorB, interaction }) => ({
      factorA: chiFields(factorA),
      factorB: chiFields(factorB),
      interaction: chiFields(interaction),
    })),
};
