import { createHash } from 'node:crypto';
import { compileCondition } from '../../index.js';
import type { Json, Leaf } from '../../index.js';

function holds(op: Leaf['op'], value: Json, values: readonly Json[], rest: Partial<Leaf> = {}): boolean {
  return compileCondition({ attr: 'a', op, values, ...rest })({ a: value });
}

describe('text operators', () => {
  it('need strings on both sides; the empty pattern matches', () => {
    expect(holds('startsWith', 'abc', ['x', 'ab'])).toBe(true);
    expect(holds('endsWith', 'abc', ['ab'])).toBe(false);
    expect(holds('contains', 'abc', [''])).toBe(true);
    expect(holds('contains', 123, ['2'])).toBe(false);
    expect(holds('contains', 123, [2], { as: 'string' })).toBe(true);
  });
});

describe('matches', () => {
  it('finds RE2 patterns anywhere, inline flags and POSIX classes included', () => {
    expect(holds('matches', 'xabcx', ['b'])).toBe(true);
    expect(holds('matches', 'ABC', ['(?i)^abc$'])).toBe(true);
    expect(holds('matches', 'x1', ['[[:alpha:]][[:digit:]]'])).toBe(true);
    expect(holds('matches', 'é', ['^\\p{L}$'])).toBe(true);
    expect(holds('matches', 5, ['5'])).toBe(false);
  });

  it.each(['(?=a)', '(?<!a)b', '(a)\\1', '(', '[z-a]', 'a**'])(
    'does not match by the invalid pattern %s',
    (pattern) => {
      expect(holds('matches', 'aab', [pattern])).toBe(false);
      expect(holds('matches', 'aab', [pattern, 'b'])).toBe(true);
    },
  );

  it('takes linear time where a backtracking engine would not return', () => {
    const started = performance.now();
    expect(holds('matches', `${'a'.repeat(5000)}!`, ['^(a+)+$'])).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('inCidr', () => {
  it.each<[string, string, boolean]>([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.4', '10.1.2.3', false],
    ['255.255.255.255', '128.0.0.0/1', true],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8:ffff::1', '2001:db8:8000::/33', true],
    ['fe80::1', 'fe80::0001', true],
    ['::1', '::/0', true],
    ['1.2.3.4', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['::ffff:10.1.2.3', '::/0', true],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', true],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304', true],
  ])('%s in %s is %s', (address, block, expected) => expect(holds('inCidr', address, [block])).toBe(expected));

  it.each([
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '010.0.0.0/8',
    '1::2::3/64',
    '1:2:3:4:5:6:7/64',
    'x',
    '',
    '10.0.0.0/8/9',
    '256.0.0.0/1',
  ])('skips the bad entry %s', (entry) => {
    expect(holds('inCidr', '10.1.2.3', [entry])).toBe(false);
    expect(holds('inCidr', '10.1.2.3', [entry, '10.0.0.0/8'])).toBe(true);
  });

  it.each(['10.1.2', '10.1.2.3.4', '01.1.1.1', '1.1.1.1 ', ':::', '12345::', 'g::'])(
    'is false for the bad address %s',
    (address) => {
      expect(holds('inCidr', address, ['0.0.0.0/0', '::/0'])).toBe(false);
    },
  );
});

describe('mod', () => {
  it('compares the remainder', () => {
    const holdsMod = (value: Json, by: Json, rest: Partial<Leaf> = {}): boolean =>
      compileCondition({ attr: 'a', op: 'mod', value: by, ...rest })({ a: value });
    expect(holdsMod(35, [4, 3])).toBe(true);
    expect(holdsMod(34.2, [4, 3])).toBe(false);
    expect(holdsMod('35', [4, 3], { as: 'number' })).toBe(true);
    expect(holdsMod('35', [4, 3])).toBe(false);
    expect(holdsMod(1, [0, 0])).toBe(false);
  });
});

describe('hashed values', () => {
  const salt = 'configSalt+flag';
  const digest = (text: string): string => createHash('sha256').update(text).update(salt).digest('hex');
  const affix = (text: string): string => `${Buffer.byteLength(text)}_${digest(text)}`;

  it('are compared without being known, by bytes and not by characters', () => {
    expect(holds('in', 'é', [digest('x'), digest('é')], { hashed: salt })).toBe(true);
    expect(holds('in', 'e', [digest('é').toUpperCase()], { hashed: salt })).toBe(false);
    expect(holds('in', ['a', 'b'], [digest('b')], { hashed: salt })).toBe(true);
    expect(holds('in', 5, [digest('5')], { hashed: salt, as: 'string' })).toBe(true);
    expect(holds('startsWith', 'été', [affix('é')], { hashed: salt })).toBe(true);
    expect(holds('endsWith', 'été', [affix('té')], { hashed: salt })).toBe(true);
    expect(holds('endsWith', 'été', [affix('été!')], { hashed: salt })).toBe(false);
    expect(holds('startsWith', 'été', [affix('t')], { hashed: salt, negate: true })).toBe(true);
  });

  it('under an operator that cannot work on hashes are never met', () => {
    expect(holds('contains', 'a', [affix('a')], { hashed: salt })).toBe(false);
    expect(holds('startsWith', 'a', [digest('a')], { hashed: salt })).toBe(false);
  });
});
