import { AnalysisPlan } from '@assay/contracts';
import { aDefinition } from '../testing/a-definition.js';
import { definitionInForce, ranUntil } from './plan-in-force.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const DAY = 86_400_000;

const present = aDefinition({
  version: 4,
  status: 'COMPLETED',
  metrics: [{ name: 'm' }, { name: 'added' }],
  analysis: AnalysisPlan.parse({ alpha: 0.1 }),
  changedAt: NOON + 9 * DAY,
});
const { variants, metrics, analysis } = present;
const document = {
  ...present,
  status: 'ACTIVE',
  variants: variants.map((variant, index) => ({
    ...variant,
    name: '',
    description: '',
    trafficAllocation: 20 + 60 * index,
  })),
  metrics: [metrics[0]],
  analysis: { ...analysis, alpha: 0.05 },
};
const at = new Date(NOON);

describe('the definition in force at a moment', () => {
  it('is that of the last version by then', () => {
    const past = definitionInForce(present, { version: 2, at, document });
    expect(past).toMatchObject({ version: 2, status: 'ACTIVE', analysis: { alpha: 0.05 }, changedAt: NOON });
    expect(past.metrics.map(({ name }) => name)).toEqual(['m']);
    expect(past.variants.map(({ id, trafficAllocation }) => [id, trafficAllocation])).toEqual(
      variants.map(({ id }, index) => [id, 20 + 60 * index]),
    );
    expect(past.variants[0]).not.toHaveProperty('name');
  });

  it('is the present one before the start, and where the past one is not known', () => {
    for (const latest of [
      undefined,
      { version: 4, at, document },
      { version: 1, at, document: { ...document, status: 'DRAFT' } },
      { version: 1, at, document: { status: 'ACTIVE' } },
    ]) {
      expect(definitionInForce(present, latest)).toBe(present);
    }
  });
});

describe('an experiment', () => {
  const moment = new Date(NOON + 30 * DAY);

  it('grows older until it ends, or until the moment that is asked about', () => {
    const running = aDefinition({ metrics: [{ name: 'm' }], changedAt: NOON });
    expect(ranUntil(running, null, moment)).toEqual(moment);
    expect(ranUntil(present, at, moment)).toEqual(at);
    expect(ranUntil(present, moment, at)).toEqual(at);
    expect(ranUntil({ ...present, status: 'ARCHIVED' }, null, moment)).toEqual(new Date(NOON + 9 * DAY));
  });
});
