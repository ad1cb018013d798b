import { compileCondition, compileDefinitions } from '../index.js';
import type { Cond, Context, Json } from '../index.js';

const holds = (cond: Cond, context: Context): boolean => compileCondition(cond)(context);

describe('a missing attribute', () => {
  it.each([undefined, null])('is false when it is %s, negated or not, unless ifMissing says otherwise', (value) => {
    const context = value === undefined ? {} : { a: value };
    expect(holds({ attr: 'a', op: 'in', values: ['x'] }, context)).toBe(false);
    expect(holds({ attr: 'a', op: 'in', values: ['x'], negate: true }, context)).toBe(false);
    expect(holds({ attr: 'a', op: 'in', values: ['x'], negate: true, ifMissing: true }, context)).toBe(true);
    expect(holds({ not: { attr: 'a', op: 'in', values: ['x'] } }, context)).toBe(true);
  });

  it('is not the same as an empty string, which is a value', () => {
    expect(holds({ attr: 'a', op: 'in', values: [''] }, { a: '' })).toBe(true);
    expect(holds({ attr: 'a', op: 'in', values: ['x'], negate: true }, { a: '' })).toBe(true);
  });

  it('is what exists asks for, whatever ifMissing says', () => {
    expect(holds({ attr: 'a', op: 'exists' }, {})).toBe(false);
    expect(holds({ attr: 'a', op: 'exists', ifMissing: true }, {})).toBe(false);
    expect(holds({ attr: 'a', op: 'exists', value: false }, { a: null })).toBe(true);
    expect(holds({ attr: 'a', op: 'exists', as: 'number' }, { a: 'x' })).toBe(false);
    expect(holds({ attr: 'a', op: 'exists', as: 'number' }, { a: '7' })).toBe(true);
    expect(holds({ attr: 'a', op: 'exists', as: 'number', negate: true }, { a: 'x' })).toBe(true);
    expect(holds({ attr: 'a', op: 'exists', as: 'number' }, { a: ['7'] })).toBe(false);
    expect(holds({ attr: 'a', op: 'exists', as: 'size' }, { a: [] })).toBe(true);
  });

  it('is not found among what objects inherit', () => {
    for (const name of ['constructor', 'toString', '__proto__', '/constructor/name', '/o/__proto__']) {
      expect(holds({ attr: name, op: 'exists' }, { o: {} })).toBe(false);
    }
    const own = JSON.parse('{"__proto__":"x","constructor":"y"}') as Context;
    expect(holds({ attr: '__proto__', op: 'in', values: ['x'] }, own)).toBe(true);
    expect(holds({ attr: 'constructor', op: 'in', values: ['y'] }, own)).toBe(true);
  });
});

describe('references', () => {
  const context = { a: { b: { c: 1 }, '2': 'two' }, 'a/b': 2, 'm~n': 3, list: ['x', { y: 1 }], '': 4, '/odd': 5 };

  it.each<[string, Json]>([
    ['/a/b/c', 1],
    ['/a/2', 'two'],
    ['a/b', 2],
    ['/a~1b', 2],
    ['m~n', 3],
    ['/m~0n', 3],
    ['', 4],
    ['/', 4],
    ['/~1odd', 5],
  ])('%s leads to %j', (attr, value) => expect(holds({ attr, op: 'in', values: [value] }, context)).toBe(true));

  it.each(['/list/0', '/list/1/y', '/a/b/c/d', '/m~n', '/m~', '/a/b/length'])('%s leads nowhere', (attr) =>
    expect(holds({ attr, op: 'exists' }, context)).toBe(false),
  );
});

describe('comparison without a cast', () => {
  it.each<[Json, Json, boolean]>([
    [1, 1.0, true],
    [0, -0, true],
    [true, 1, false],
    ['1', 1, false],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [[1, 2], [2, 1], false],
    [[1, 2], [1, 2], true],
    [[1, 2], 2, true],
    [[[1]], [1], true],
    [[null], null, true],
    [[], 'x', false],
  ])('%j in [%j] is %s', (value, entry, expected) => {
    expect(holds({ attr: 'a', op: 'in', values: [entry] }, { a: value })).toBe(expected);
    expect(holds({ attr: 'a', op: 'in', values: [entry], negate: true }, { a: value })).toBe(!expected);
  });

  it('of order needs two numbers or two strings', () => {
    expect(holds({ attr: 'a', op: 'lt', value: 'b' }, { a: 'a' })).toBe(true);
    expect(holds({ attr: 'a', op: 'lt', value: 'a' }, { a: 'Z' })).toBe(true);
    expect(holds({ attr: 'a', op: 'lt', value: 10 }, { a: '9' })).toBe(false);
    expect(holds({ attr: 'a', op: 'gte', value: true }, { a: true })).toBe(false);
    expect(holds({ attr: 'a', op: 'lte', value: 2 }, { a: 2 })).toBe(true);
    expect(holds({ attr: 'a', op: 'gt', values: [5, 3] }, { a: 4 })).toBe(true);
    expect(holds({ attr: 'a', op: 'gt', values: [5, 3], negate: true }, { a: 4 })).toBe(false);
  });

  it('with no values holds for nothing, and negated for everything present', () => {
    expect(holds({ attr: 'a', op: 'in', values: [] }, { a: 1 })).toBe(false);
    expect(holds({ attr: 'a', op: 'in', values: [], negate: true }, { a: 1 })).toBe(true);
  });
});

describe('casts', () => {
  it('apply to both sides', () => {
    expect(holds({ attr: 'a', as: 'string', op: 'in', values: [1] }, { a: '1' })).toBe(true);
    expect(holds({ attr: 'a', as: 'number', op: 'in', values: ['12'] }, { a: '12.0' })).toBe(true);
    expect(holds({ attr: 'a', as: 'version', op: 'in', values: ['1.2.0'] }, { a: 'v1.2' })).toBe(true);
    expect(holds({ attr: 'a', as: 'date', op: 'gt', value: '2024-01-01T00:00:00Z' }, { a: 1704067200001 })).toBe(true);
    expect(holds({ attr: 'a', as: 'version', op: 'gt', values: ['1.9.0'] }, { a: ['1.2.3', '1.10.0'] })).toBe(true);
  });

  it('that fail make the operator false before negation', () => {
    for (const value of [true, '', 'x', {}]) {
      expect(holds({ attr: 'a', as: 'number', op: 'lt', value: 5 }, { a: value })).toBe(false);
      expect(holds({ attr: 'a', as: 'number', op: 'lt', value: 5, negate: true }, { a: value })).toBe(true);
    }
    expect(holds({ attr: 'a', as: 'number', op: 'in', values: [0, 1] }, { a: false })).toBe(false);
    expect(holds({ attr: 'a', as: 'number', op: 'in', values: [0] }, { a: '' })).toBe(false);
  });

  it('size looks at an array as a whole, type at its elements, too', () => {
    expect(holds({ attr: 'a', as: 'size', op: 'gte', value: 2 }, { a: ['x', 'y'] })).toBe(true);
    expect(holds({ attr: 'a', as: 'size', op: 'gte', value: 0 }, { a: 'xy' })).toBe(false);
    expect(holds({ attr: 'a', as: 'size', op: 'gte', value: 0 }, {})).toBe(false);
    expect(holds({ attr: 'a', as: 'type', op: 'in', values: ['array'] }, { a: [1] })).toBe(true);
    expect(holds({ attr: 'a', as: 'type', op: 'in', values: ['number'] }, { a: [1] })).toBe(true);
    expect(holds({ attr: 'a', as: 'type', op: 'in', values: ['string'] }, { a: [1] })).toBe(false);
    expect(holds({ attr: 'a', as: 'size', op: 'in', values: [1] }, { a: [[1, 2]] })).toBe(true);
    expect(holds({ attr: 'a', as: 'size', op: 'in', values: [2] }, { a: [[1, 2]] })).toBe(false);
    expect(holds({ attr: 'a', as: 'type', op: 'in', values: ['null'] }, {})).toBe(true);
    expect(holds({ attr: 'a', as: 'type', op: 'in', values: ['string'], negate: true }, {})).toBe(true);
  });

  it('ignore case without a locale', () => {
    expect(holds({ attr: 'a', op: 'in', values: ['ISTANBUL'], ignoreCase: true }, { a: 'istanbul' })).toBe(true);
    expect(holds({ attr: 'a', op: 'endsWith', values: ['.COM'], ignoreCase: true }, { a: 'x.Com' })).toBe(true);
    expect(holds({ attr: 'a', op: 'matches', value: '^\\D+$', ignoreCase: true }, { a: 'abc' })).toBe(true);
  });
});

describe('what is not known', () => {
  it('operators, casts and forms of conditions are false, not errors', () => {
    const unknown = [
      { attr: 'a', op: 'almost', values: [1] },
      { attr: 'a', as: 'colour', op: 'in', values: [1] },
      { every: [] },
      7,
      null,
    ];
    for (const cond of unknown) expect(holds(cond as unknown as Cond, { a: 1 })).toBe(false);
  });
});

describe('lists', () => {
  const environment = compileDefinitions({
    lists: { ids: ['u1', 'u2'], mixed: [1, 'A', { k: 1 }], set: new Set<Json>(['u9']) },
  });
  const listed = (list: string, leaf: object = {}): Cond => ({ attr: 'id', op: 'in', list, ...leaf });

  it('are values by name', () => {
    expect(environment.matches(listed('ids'), { id: 'u2' })).toBe(true);
    expect(environment.matches(listed('ids'), { id: 'u3' })).toBe(false);
    expect(environment.matches(listed('ids', { values: ['u3'] }), { id: 'u3' })).toBe(true);
    expect(environment.matches(listed('set'), { id: 'u9' })).toBe(true);
    expect(environment.matches(listed('mixed'), { id: { k: 1 } })).toBe(true);
    expect(environment.matches(listed('mixed', { as: 'string' }), { id: '1' })).toBe(true);
    expect(environment.matches(listed('mixed', { ignoreCase: true }), { id: 'a' })).toBe(true);
    expect(environment.matches(listed('ids', { op: 'startsWith' }), { id: 'u1-suffix' })).toBe(true);
  });

  it('that do not exist have no members', () => {
    expect(environment.matches(listed('absent'), { id: 'u1' })).toBe(false);
    expect(environment.matches(listed('absent', { negate: true }), { id: 'u1' })).toBe(true);
  });

  it('may be replaced under a condition compiled before', () => {
    const flag = {
      key: 'f',
      type: 'boolean',
      on: true,
      off: null,
      variants: { t: true },
      rules: [{ id: 'r', when: listed('ids'), serve: { variant: 't' } }],
    } as const;
    const before = environment.with({ flags: { f: flag } });
    const after = before.with({ lists: { ids: ['u7'] } });
    expect(before.evaluate('f', { id: 'u1' }).variant).toBe('t');
    expect(after.evaluate('f', { id: 'u1' }).variant).toBeNull();
    expect(after.evaluate('f', { id: 'u7' }).variant).toBe('t');
    expect(before.evaluate('f', { id: 'u1' }).variant).toBe('t');
  });
});
