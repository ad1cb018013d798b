import { ADAPTERS, EVERY_FUNCTION, OF_OTHER_LIBRARIES } from './adapters.js';
import { listVectors, loadVectors } from '../testing/load-vectors.js';
import { findDifferences } from '../testing/tolerance.js';

describe('the adapters', () => {
  it('know every function of every vector file', () => {
    for (const name of listVectors().filter((file) => !OF_OTHER_LIBRARIES.includes(file))) {
      const functions = new Set(loadVectors(name)?.cases.map((vector) => vector.function));
      const known = Object.keys(ADAPTERS[name] ?? EVERY_FUNCTION);
      expect({ name, unknown: [...functions].filter((wanted) => !known.includes(wanted)) }).toEqual({
        name,
        unknown: [],
      });
    }
  });

  it('have no function in common, so that a file of another name finds its own', () => {
    const names = Object.values(ADAPTERS).flatMap((adapter) => Object.keys(adapter));
    expect(Object.keys(EVERY_FUNCTION)).toHaveLength(names.length);
  });
});

describe('what the adapters answer beyond the public vectors', () => {
  const call = (file: string, name: string, input: object) => ADAPTERS[file]?.[name]?.(input as never);
  const twoProportions = (control: number, treatment: number) =>
    call('proportions', 'twoProportions', {
      control: { n: 100, x: control },
      treatment: { n: 100, x: treatment },
      alpha: 0.05,
    });

  it('is a lift of -1 without error where nobody converted in treatment alone', () => {
    expect(twoProportions(10, 0)).toMatchObject({ lift: { lift: -1, deltaSE: 0, deltaCI: [-1, -1], katzLogCI: null } });
    expect(twoProportions(0, 0)).toMatchObject({ lift: null });
    expect(twoProportions(0, 10)).toMatchObject({ lift: null });
  });

  it('is null where an arm of a look is empty', () => {
    const empty = { n: 0, mean: NaN, variance: 0 };
    const some = { n: 100, mean: 1, variance: 1 };
    const looks = [
      { control: empty, treatment: some },
      { control: some, treatment: some },
    ];
    const answered = call('sequential_msprt', 'msprtStream', { looks, tau2: 0.1, alpha: 0.05 });
    expect(answered).toMatchObject({ looks: [{ estimate: null, V: null, lambda: null, ci: null }, { estimate: 0 }] });
  });

  it('knows the boundary of Haybittle and Peto', () => {
    const plan = { informationFractions: [0.5, 1], alphaOneSided: 0.025, spending: 'haybittlePeto' };
    const boundsOf = (parameter: number | null) =>
      call('sequential_group', 'groupSequentialBounds', { ...plan, parameter }) as { criticalValues: number[] };
    expect(boundsOf(null).criticalValues[0]).toBe(3);
    expect(boundsOf(null).criticalValues[1]).toBeCloseTo(1.97, 1);
    expect(boundsOf(3.5).criticalValues[0]).toBe(3.5);
  });

  it('takes a margin of a negative baseline with its sign, as the note of its file says', () => {
    const arms = { control: { n: 100, mean: -2, variance: 4 }, treatment: { n: 100, mean: -1.5, variance: 4 } };
    const se = Math.sqrt(0.08);
    const input = { ...arms, nim: 0.1, preferredDirection: 'increase', alpha: 0.05 };
    const got = call('noninferiority', 'nonInferiority', input) as { diff: number; z: number; ci: number[] };
    expect(got).toMatchObject({ diff: 0.5, nullValue: 0.2, nonInferior: false });
    expect(got.z).toBeCloseTo(0.3 / se, 12);
    expect(got.ci[0]).toBeCloseTo(0.5 - 1.6448536269514722 * se, 12);
    expect(got.ci[1]).toBe(Infinity);
  });
});

describe('the comparison with expected values', () => {
  const tolerance = { rel: 1e-9, abs: 1e-12 };

  it('follows the rule of the vectors', () => {
    expect(findDifferences({ p: 1 }, { p: 1 + 5e-10, more: 2 }, tolerance)).toEqual([]);
    expect(findDifferences([0, Infinity], [1e-13, Infinity], tolerance)).toEqual([]);
    expect(findDifferences(1e-310, 0, { rel: 0, abs: 0 })).toEqual([]);
    expect(findDifferences({ error: 'A' }, { error: 'B' }, tolerance)).toEqual([]);
  });

  it.each([
    ['another number', 1, 1 + 2e-9],
    ['a number instead of infinity', Infinity, 1e308],
    ['NaN', 1, NaN],
    ['0 for a p-value that is not tiny', 1e-200, 0],
    ['nothing', { p: 1 }, {}],
    ['a number where there is none', null, 0],
    ['nothing where there is a number', 0, null],
    ['a number instead of a refusal', { error: 'A' }, { p: 1 }],
    ['a refusal instead of numbers', { p: 1 }, { error: 'A' }],
    ['too few items', [1, 2], [1]],
    ['another text', 'less', 'greater'],
    ['another truth', true, false],
  ])('sees %s', (_title, expected, got) => {
    expect(findDifferences(expected, got, { rel: 1e-9, abs: 1e-300 })).not.toEqual([]);
  });
});
