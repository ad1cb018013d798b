import { ExperimentDocument } from './experiment.js';
import { settleExperiment } from './settle-experiment.js';

const settle = (metrics: object[]) =>
  settleExperiment(
    ExperimentDocument.parse({
      name: 'Gate',
      startDate: '2026-11-22T12:00:00+02:00',
      variants: [
        { key: 'a', isControl: true, trafficAllocation: 50 },
        { key: 'b', name: 'Later', trafficAllocation: 50 },
      ],
      metrics,
    }),
  );
const metric = (name: string, metricType: string, more: object = {}) => ({ name, eventName: 'e', metricType, ...more });

describe('settleExperiment', () => {
  it('takes the aggregation that the type of a metric implies, unless one is named', () => {
    const settled = settle([
      metric('1', 'CONVERSION'),
      metric('2', 'REVENUE'),
      metric('3', 'COUNT'),
      metric('4', 'DURATION'),
      metric('5', 'CUSTOM', { aggregationMethod: 'distinct' }),
      metric('6', 'REVENUE', { aggregationMethod: 'max' }),
    ]);
    expect(settled.metrics.map(({ aggregationMethod }) => aggregationMethod)).toEqual([
      'exists',
      'sum',
      'count',
      'average',
      'distinct',
      'max',
    ]);
  });

  it('makes the first goal primary when nobody chose one', () => {
    const primary = (metrics: object[]) =>
      settle(metrics)
        .metrics.filter(({ isPrimary }) => isPrimary)
        .map(({ name }) => name);
    expect(
      primary([metric('guard', 'COUNT', { role: 'guardrail' }), metric('goal', 'COUNT'), metric('other', 'COUNT')]),
    ).toEqual(['goal']);
    expect(primary([metric('goal', 'COUNT'), metric('chosen', 'COUNT', { isPrimary: true })])).toEqual(['chosen']);
    expect(primary([metric('guard', 'COUNT', { role: 'guardrail' })])).toEqual([]);
  });

  it('names variants after their keys and puts times into UTC', () => {
    const { variants, startDate, endDate } = settle([]);
    expect(variants.map(({ name }) => name)).toEqual(['a', 'Later']);
    expect([startDate, endDate]).toEqual(['2026-11-22T10:00:00.000Z', null]);
  });

  it('has nothing left to do the second time', () => {
    const once = settle([metric('goal', 'REVENUE'), metric('other', 'COUNT')]);
    expect(settleExperiment(ExperimentDocument.parse(once))).toEqual(once);
  });
});
