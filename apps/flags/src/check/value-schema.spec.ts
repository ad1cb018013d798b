import { checkValues } from './value-schema.js';

const check = (schema: Readonly<Record<string, unknown>>, value: unknown) =>
  checkValues(schema, [{ path: 'v', value }]);
const messages = (schema: Readonly<Record<string, unknown>>, value: unknown) =>
  check(schema, value).map(({ path, message }) => `${path} ${message}`);

/** Each definition asks for the next one twice. */
function doubling(levels: number): Record<string, unknown> {
  const names = Array.from({ length: levels }, (_, index) => `d${index}`);
  const $defs = Object.fromEntries(
    names.map((name, index) => {
      const next = { $ref: `#/$defs/d${index + 1}` };
      return [name, index === levels - 1 ? { type: 'string' } : { allOf: [next, next] }];
    }),
  );
  return { $defs, $ref: '#/$defs/d0' };
}

describe('checkValues', () => {
  it('looks for patterns in linear time, anywhere in the text', () => {
    expect(messages({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(32)}!`)).toEqual([
      'v does not meet valueSchema: value must match pattern "^(a+)+$"',
    ]);
    expect(messages({ patternProperties: { '^(a+)+$': { type: 'number' } } }, { [`${'a'.repeat(32)}!`]: 'x' })).toEqual(
      [],
    );
    expect(check({ pattern: 'b+' }, 'abbc')).toEqual([]);
    expect(check({ pattern: '^\\u00e9\\p{L}.$' }, '\u00e9a\u{1f600}')).toEqual([]);
    expect(check({ patternProperties: { '^n_': { type: 'number' } } }, { n_x: 'text' })).toHaveLength(1);
  });

  it.each([['(?=a)b'], ['(a)\\1'], ['(?<!a)b'], ['(']])('refuses the pattern %s, and says why', (pattern) => {
    for (const schema of [{ pattern }, { patternProperties: { [pattern]: true } }]) {
      expect(messages(schema, 'a')).toEqual([
        expect.stringMatching(/^valueSchema has the pattern .*, which is not one of RE2 \(.+\); look-around/),
      ]);
    }
  });

  it('ends what has no end', () => {
    expect(messages({ $ref: '#' }, 'x')).toEqual(['valueSchema refers to itself without end']);
    expect(messages(doubling(40), 'x')).toEqual([expect.stringMatching(/^valueSchema takes longer than/)]);
    expect(messages(doubling(5), 'x')).toEqual([]);
  });

  it('refuses schemas that are too large, too deep or asynchronous', () => {
    const deep = Array.from({ length: 40 }).reduce<Record<string, unknown>>(
      (inner) => ({ properties: { a: inner } }),
      {},
    );
    expect(messages(deep, {})).toEqual(['valueSchema must not be nested deeper than 64 levels']);
    expect(messages({ description: 'x'.repeat(70_000) }, {})).toEqual([
      'valueSchema must not have more than 65536 characters',
    ]);
    expect(messages({ $async: true, type: 'string' }, 5)).toEqual([
      'valueSchema must not be asynchronous: leave out $async',
    ]);
  });

  it('knows formats', () => {
    expect(check({ format: 'url' }, 'https://a.example/x')).toEqual([]);
    expect(check({ format: 'url' }, 'no address')).toHaveLength(1);
    expect(check({ format: 'email' }, 'a@b.example')).toEqual([]);
  });
});
