import { freezeMoments } from '@assay/stats';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { noveltyOf, type AgeMoments } from './novelty.js';

const plan = experimentPlan(aDefinition({ metrics: [{ name: 'm', aggregationMethod: 'count' }] }));
const [control, treatment] = plan.definition.variants;

/** 1,000 units an arm with variance 1; the treatment's mean on each day after the exposure is 1 more than `effects`. */
const ages = (effects: readonly number[]): AgeMoments[] =>
  effects.map((effect, age) => ({
    age,
    arms: new Map([
      [control!.id, freezeMoments(1_000, [1], [999])],
      [treatment!.id, freezeMoments(1_000, [1 + effect], [999])],
    ]),
  }));

describe('novelty', () => {
  it('is an effect that wears off with the days since the exposure', () => {
    const [found] = noveltyOf(plan, ages([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]));
    expect(found).toMatchObject({ variantKey: 'treatment', verdict: 'novelty', refusal: null });
    expect(found!.slope!.estimate!).toBeCloseTo(-0.1, 12);
    expect(found!.early! - found!.late!).toBeCloseTo(0.6, 12);
    expect(found!.days[0]!.standardError).toBeCloseTo(Math.sqrt(2 / 1_000), 12);
  });

  it('is primacy when the effect grows, and nothing when it stays', () => {
    expect(noveltyOf(plan, ages([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]))[0]!.verdict).toBe('primacy');
    expect(noveltyOf(plan, ages([0.3, 0.31, 0.29, 0.3, 0.31, 0.3, 0.29]))[0]!.verdict).toBe('none');
  });

  it('takes a week to be told', () => {
    expect(noveltyOf(plan, ages([1, 0.5, 0]))[0]).toMatchObject({
      verdict: null,
      slope: null,
      refusal: { code: 'NOT_ENOUGH_TRAFFIC' },
    });
  });

  it('has its verdict from a p-value that is corrected over the treatments', () => {
    const { definition } = plan;
    const more = Array.from({ length: 5 }, (_, index) => ({
      ...treatment!,
      id: `more-${index}`,
      key: `more-${index}`,
    }));
    const many = experimentPlan({ ...definition, variants: [...definition.variants, ...more] });
    const wearing = ages([0.5, 0.48, 0.46, 0.44, 0.42, 0.4, 0.38]).map(({ age, arms }) => ({
      age,
      arms: new Map([...arms, ...more.map(({ id }) => [id, freezeMoments(1_000, [1.3], [999])] as const)]),
    }));
    const [alone] = noveltyOf(plan, wearing);
    expect(alone).toMatchObject({ verdict: 'novelty', adjustedPValue: alone!.pValue });
    const [among] = noveltyOf(many, wearing);
    expect(among!.adjustedPValue! / among!.pValue!).toBeCloseTo(6, 9);
    expect(among).toMatchObject({ verdict: 'none', pValue: alone!.pValue });
  });
});
