import fc from 'fast-check';
import { checkExperiment } from './check-experiment.js';
import { ExperimentDocument } from './experiment.js';

const control = { key: 'a', isControl: true, trafficAllocation: 50 };
const treatment = { key: 'b', trafficAllocation: 50 };
const metric = { name: 'bought', eventName: 'purchase', metricType: 'CONVERSION' };

function paths(change: object): string[] {
  const parsed = ExperimentDocument.parse({
    name: 'Gate',
    variants: [control, treatment],
    metrics: [metric],
    ...change,
  });
  return checkExperiment(parsed).map(({ path }) => path);
}

const message = (change: object, path: string): string | undefined =>
  checkExperiment(
    ExperimentDocument.parse({ name: 'Gate', variants: [control, treatment], metrics: [metric], ...change }),
  ).find((error) => error.path === path)?.message;

describe('checkExperiment', () => {
  it('has nothing to say about a sound experiment', () => {
    expect(paths({})).toEqual([]);
  });

  it('names every fault at once', () => {
    expect(
      paths({
        startDate: '2026-11-22T12:00:00Z',
        endDate: '2026-11-22T12:00:00+00:00',
        unit: ['userId', '/user/~2', 'userId'],
        tags: ['x', 'x'],
        variants: [control, { ...control, trafficAllocation: 49 }],
        metrics: [metric, { ...metric, metricType: 'CUSTOM' }],
      }),
    ).toEqual([
      'endDate',
      'unit[1]',
      'unit[2]',
      'tags[1]',
      'variants[1].key',
      'variants[1].isControl',
      'variants',
      'metrics[1].aggregationMethod',
      'metrics[1].name',
    ]);
  });

  it('compares dates as instants, whatever their offset', () => {
    expect(paths({ startDate: '2026-11-22T12:00:00+02:00', endDate: '2026-11-22T11:00:00Z' })).toEqual([]);
    expect(paths({ startDate: '2026-11-22T12:00:00Z', endDate: '2026-11-22T13:00:00+02:00' })).toEqual(['endDate']);
  });

  it('refuses years that cannot be stored', () => {
    expect(paths({ startDate: '0000-01-01T00:00:00Z', endDate: '9999-12-31T23:59:59-23:00' })).toEqual([
      'startDate',
      'endDate',
    ]);
    expect(paths({ startDate: '1900-01-01T00:00:00Z', endDate: '9999-12-31T23:59:59Z' })).toEqual([]);
  });

  describe('variants', () => {
    it('need a control and something to compare it with', () => {
      expect(paths({ variants: [{ ...control, trafficAllocation: 100 }] })).toEqual(['variants']);
      expect(message({ variants: [treatment, { ...treatment, key: 'c' }] }, 'variants')).toContain('control');
    });

    it('say what their allocations sum to', () => {
      expect(message({ variants: [control, { ...treatment, trafficAllocation: 49 }] }, 'variants')).toBe(
        'the traffic allocations must sum to 100, but sum to 99',
      );
    });

    it('may share out 100 in thirds, to a hundredth', () => {
      const thirds = [33.33, 33.33, 33.33].map((trafficAllocation, index) => ({
        key: `v${index}`,
        isControl: index === 0,
        trafficAllocation,
      }));
      expect(paths({ variants: thirds })).toEqual([]);
      expect(paths({ variants: thirds.map((variant) => ({ ...variant, trafficAllocation: 33.329 })) })).toEqual([
        'variants',
      ]);
    });

    it('pass exactly when their thousandths sum to 100,000 give or take 10', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 20 }),
          fc.integer({ min: -15, max: 15 }),
          (parts, off) => {
            const rest = 100_000 + off - parts.reduce((sum, part) => sum + part, 0);
            fc.pre(rest >= 0 && rest <= 100_000);
            const variants = [...parts, rest].map((part, index) => ({
              key: `v${index}`,
              isControl: index === 0,
              trafficAllocation: part / 1_000,
            }));
            expect(paths({ variants })).toEqual(Math.abs(off) <= 10 ? [] : ['variants']);
          },
        ),
        { numRuns: 300 },
      );
    });
  });

  it('have no one-sided mixture test', () => {
    const planned = (sequential: string, alternative: string) => paths({ analysis: { sequential, alternative } });
    expect(planned('msprt', 'one-sided')).toEqual(['analysis.alternative']);
    expect(planned('msprt', 'two-sided')).toEqual([]);
    expect(planned('asymptotic-cs', 'one-sided')).toEqual([]);
  });

  describe('metrics', () => {
    it.each([
      [{ metricType: 'CUSTOM' }, 'aggregationMethod'],
      [{ aggregationMethod: 'ratio' }, 'denominatorEventName'],
      [{ denominatorEventName: 'visit' }, 'denominatorEventName'],
      [{ aggregationMethod: 'quantile' }, 'quantile'],
      [{ quantile: 0.9 }, 'quantile'],
      [{ isPrimary: true, role: 'guardrail' }, 'isPrimary'],
      [{ eventValuePath: 'order.total' }, 'eventValuePath'],
    ])('%j -> %s', (change, path) => {
      expect(paths({ metrics: [{ ...metric, ...change }] })).toEqual([`metrics[0].${path}`]);
    });

    const custom = { ...metric, name: 'm', metricType: 'CUSTOM' };
    const quantile = { ...custom, aggregationMethod: 'quantile', quantile: 0.9 };
    const sum = { ...custom, aggregationMethod: 'sum' };
    const funnel = { ...custom, aggregationMethod: 'funnel', steps: ['view', 'purchase'] };

    it.each([
      [{ ...quantile, quantileBy: 'unit', ignoreZeros: true }, []],
      [{ ...quantile, capPercentile: 0.99 }, ['metrics[1].capPercentile']],
      [{ ...sum, quantileBy: 'unit' }, ['metrics[1].quantileBy']],
      [{ ...sum, ignoreZeros: true }, ['metrics[1].ignoreZeros']],
      [{ ...sum, ignoreZeros: true, capPercentile: 0.999 }, []],
      [{ ...sum, capValue: 100, capPercentile: 0.999 }, ['metrics[1].capValue']],
      [{ ...metric, name: 'm', capValue: 100 }, ['metrics[1].capValue']],
      [funnel, []],
      [{ ...funnel, steps: ['purchase'] }, ['metrics[1].steps']],
      [{ ...funnel, steps: ['purchase', 'view'] }, ['metrics[1].steps']],
      [{ ...sum, steps: ['view', 'purchase'] }, ['metrics[1].steps']],
      [{ ...sum, covariates: ['bought'] }, []],
      [{ ...sum, covariates: ['m', 'nobody'] }, ['metrics[1].covariates[0]', 'metrics[1].covariates[1]']],
      [{ ...sum, covariates: ['bought', 'bought'] }, ['metrics[1].covariates[1]']],
      [{ ...quantile, covariates: ['bought'] }, ['metrics[1].covariates']],
    ])('take %j or say what is wrong with it', (given, expected) => {
      expect(paths({ metrics: [metric, given] })).toEqual(expected);
    });

    it('are not covariates when they have no single value before the exposure', () => {
      expect(paths({ metrics: [{ ...metric, covariates: ['m'] }, quantile] })).toEqual(['metrics[0].covariates[0]']);
    });

    it('have one primary at most', () => {
      const metrics = ['a', 'b', 'c'].map((name) => ({ ...metric, name, isPrimary: name !== 'b' }));
      expect(paths({ metrics })).toEqual(['metrics[2].isPrimary']);
    });
  });

  describe('the analysis plan', () => {
    const issues = (analysis: object): PropertyKey[] =>
      ExperimentDocument.safeParse({ name: 'Gate', variants: [control, treatment], analysis }).error?.issues.map(
        ({ path }) => path.at(-1) ?? '',
      ) ?? [];

    it('has defaults for everything', () => {
      expect(issues({})).toEqual([]);
      expect(ExperimentDocument.parse({ name: 'Gate', variants: [control, treatment] }).analysis).toMatchObject({
        alpha: 0.05,
        engine: 'frequentist',
        alternative: 'two-sided',
        sequential: 'none',
        plannedUnits: null,
        prior: null,
      });
    });

    it.each([
      ['alpha', 0],
      ['alpha', 0.5],
      ['power', 0.4],
      ['engine', 'oracle'],
      ['alternative', 'three-sided'],
      ['sequential', 'peek'],
      ['correction', 'sidak'],
      ['plannedUnits', 1],
      ['plannedUnits', 10.5],
      ['looks', 0],
      ['mixtureScale', 0],
      ['minimumUnits', -1],
      ['minimumDays', -1],
      ['chanceToWin', 0.5],
      ['stratifyBy', ''],
    ])('names %s when it is %j', (field, value) => {
      expect(issues({ [field]: value })).toEqual([field]);
    });

    it('names a prior without a spread, and what it does not know', () => {
      expect(issues({ prior: { mean: 0, standardDeviation: 0 } })).toEqual(['standardDeviation']);
      expect(issues({ surprise: 1 })).toEqual(['analysis']);
    });
  });

  describe('types', () => {
    const factors = { headline: ['a', 'b'], button: ['x', 'y'] };
    const cells = [
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'x'],
      ['b', 'y'],
    ].map(([headline, button], index) => ({
      key: `${headline}-${button}`,
      isControl: index === 0,
      trafficAllocation: 25,
      configuration: { headline, button },
    }));
    const multivariate = (change: object): string[] =>
      paths({ experimentType: 'MULTIVARIATE', factors, variants: cells, ...change });

    it('MULTIVARIATE takes any text as a level', () => {
      const levels = { headline: ['Play now!', 'À vous de jouer'] };
      const of = (level: string | undefined, isControl: boolean) => ({
        key: isControl ? 'a' : 'b',
        isControl,
        trafficAllocation: 50,
        configuration: { headline: level },
      });
      const texts = [of(levels.headline[0], true), of(levels.headline[1], false)];
      expect(paths({ experimentType: 'MULTIVARIATE', factors: levels, variants: texts })).toEqual([]);
      const long = { headline: ['x'.repeat(201), 'b'] };
      expect(ExperimentDocument.shape.factors.safeParse(long).success).toBe(false);
    });

    it('MULTIVARIATE has each combination of levels once', () => {
      expect(multivariate({})).toEqual([]);
      expect(multivariate({ factors: null })).toEqual(['factors']);
      expect(multivariate({ factors: { ...factors, button: ['x', 'x'] } })).toContain('factors.button');
      expect(
        multivariate({
          variants: cells.slice(0, 3).map((cell, index) => ({ ...cell, trafficAllocation: index === 0 ? 50 : 25 })),
        }),
      ).toEqual(['variants']);
      expect(
        multivariate({ variants: [...cells.slice(0, 3), { ...cells[0], key: 'again', isControl: false }] }),
      ).toEqual(['variants[3].configuration']);
      expect(
        multivariate({ variants: [{ ...cells[0], configuration: { headline: 'z', button: 'x' } }, ...cells.slice(1)] }),
      ).toEqual(['variants[0].configuration.headline']);
      expect(paths({ factors })).toEqual(['factors']);
    });

    it('SPLIT_URL redirects each variant to a web address', () => {
      const split = (...urls: unknown[]): string[] =>
        paths({
          experimentType: 'SPLIT_URL',
          variants: [control, treatment].map((variant, index) => ({
            ...variant,
            configuration: urls[index] === undefined ? {} : { url: urls[index] },
          })),
        });
      expect(split('https://example.com/a?x=1', 'http://localhost:3000/b')).toEqual([]);
      for (const url of [
        undefined,
        5,
        '',
        'example.com',
        '/b',
        'ftp://example.com',
        'javascript:alert(1)',
        'http://',
        'https:/x.com',
        `https://x.com/${'a'.repeat(2_000)}`,
      ]) {
        expect(split('https://example.com', url)).toEqual(['variants[1].configuration.url']);
      }
    });

    it('BANDIT follows a metric it has, and leaves room for its floor', () => {
      const bandit = { algorithm: 'thompson', metric: 'bought' };
      expect(paths({ experimentType: 'BANDIT', bandit })).toEqual([]);
      expect(paths({ experimentType: 'BANDIT' })).toEqual(['bandit']);
      expect(paths({ experimentType: 'BANDIT', bandit: { ...bandit, metric: 'other' } })).toEqual(['bandit.metric']);
      expect(paths({ bandit })).toEqual(['bandit']);
      const three = ['a', 'b', 'c'].map((key, index) => ({
        key,
        isControl: index === 0,
        trafficAllocation: [50, 25, 25][index],
      }));
      expect(paths({ experimentType: 'BANDIT', bandit: { ...bandit, floor: 0.4 }, variants: three })).toEqual([
        'bandit.floor',
      ]);
    });
  });
});
