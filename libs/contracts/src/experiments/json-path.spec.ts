import fc from 'fast-check';
import { jsonPathProblem, parseJsonPath } from './json-path.js';

const metadata = {
  order: { total: 12.5, 'net.total': 10, items: [{ price: 3 }, { price: 4 }] },
  empty: null,
  prix: { été: 1 },
};

describe('parseJsonPath', () => {
  it.each([
    ['$', metadata],
    ['$.order.total', 12.5],
    ['$.order."net.total"', 10],
    ['$.order.items[1].price', 4],
    ['$.prix.été', 1],
    ['$."or\\u0064er".total', 12.5],
    ['$.empty', null],
  ])('reads %s', (path, expected) => {
    expect(parseJsonPath(path)(metadata)).toEqual(expected);
  });

  it.each([
    '$.order.nothing',
    '$.order.items.price',
    '$.order[0]',
    '$.order.items[2]',
    '$.order.total.more',
    '$.empty.x',
    '$.constructor',
    '$.__proto__',
  ])('finds nothing at %s', (path) => {
    expect(parseJsonPath(path)(metadata)).toBeUndefined();
  });

  it('reads nothing from an event without metadata', () => {
    expect(parseJsonPath('$.order.total')(null)).toBeUndefined();
    expect(parseJsonPath('$[0]')(undefined)).toBeUndefined();
  });

  it.each([
    '',
    'order.total',
    '$order',
    '$.',
    '$..total',
    '$.a.',
    '$.a[*]',
    '$.a[-1]',
    '$.a[01]',
    '$.a[1',
    '$.a b',
    '$.a-b',
    '$.1a',
    '$."a',
    '$."\\x"',
    '$."\\u0000"',
    ' $.a',
    '$.a ',
    '$.a ? (@ > 1)',
    '$.a.size()',
    '$[last]',
  ])('refuses %j', (path) => {
    expect(jsonPathProblem(path)).toEqual(expect.any(String));
    expect(() => parseJsonPath(path)).toThrow(expect.objectContaining({ code: 'validation_failed' }) as Error);
  });

  it('says where the path stops making sense', () => {
    expect(jsonPathProblem('$.order.items[*].price')).toBe(
      'is not a path at character 14: [*] names many values; name one, such as [0]',
    );
  });

  it('finds every value at the path that leads to it', () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.string({ unit: 'grapheme' }), maxDepth: 3, values: [fc.integer(), fc.constant('x')] }),
        (value) => {
          for (const [path, expected] of leaves(value, '$')) expect(parseJsonPath(path)(value)).toBe(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});

function leaves(value: unknown, path: string): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((inner, index) => leaves(inner, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${JSON.stringify(key)}`));
}
