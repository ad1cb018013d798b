import { ADAPTERS } from './adapters.js';
import { listVectors, loadVectors } from '../testing/load-vectors.js';
import { findDifferences } from '../testing/tolerance.js';

const OF_OTHER_LIBRARIES = ['bandits'];

describe('the adapters', () => {
  it('know every function of every vector file', () => {
    for (const name of listVectors().filter((file) => !OF_OTHER_LIBRARIES.includes(file))) {
      const functions = new Set(loadVectors(name)?.cases.map((vector) => vector.function));
      const known = Object.keys(ADAPTERS[name] ?? {});
      expect({ name, unknown: [...functions].filter((wanted) => !known.includes(wanted)) }).toEqual({
        name,
        unknown: [],
      });
    }
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
