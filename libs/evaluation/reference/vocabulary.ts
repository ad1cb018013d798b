import fc from 'fast-check';
import type { Json } from '../src/definition.js';

/*
 * One small vocabulary for definitions and contexts, so that conditions hit and miss about equally often, documents refer to
 * each other, and every operator meets values it can and cannot compare.
 */

export const HASH_SALT = 'pepper';
export const TEXTS = ['a', 'b', 'A', 'ab', 'abc', '', '1', '1.0', ' 2 ', 'é', 'true'];
export const NUMBERS = [0, -0, 1, 2, 2.5, -7, 1e21, 1704067200000];
export const VERSIONS = [
  '1.2.3',
  '1.2',
  'v1.2.0',
  '1.2.0-rc.1',
  '1.2.0-rc.10',
  '1.2.0-rc.x+b',
  '2',
  '2-rc',
  '1-2-3',
  '02.0.0',
  '1.2.3.4',
];
export const DATES = [
  '2024-01-01T00:00:00Z',
  '2024-01-01T01:00:00+01:00',
  '2024-02-29T23:59:59.250Z',
  '2024-01-01',
  '2023-02-29T00:00:00Z',
];
export const ADDRESSES = [
  '10.1.2.3',
  '::ffff:10.1.2.3',
  'fe80::1',
  '2001:db8::8:800:200c:417a',
  '::',
  '010.1.2.3',
  '1::2::3',
];
export const BLOCKS = [
  '10.0.0.0/8',
  '10.1.2.3',
  'fe80::/10',
  '::ffff:10.0.0.0/104',
  '::/0',
  '0.0.0.0/0',
  '10.1.2.3/33',
  '2001:db8::/33',
];
export const PATTERNS = ['a', '^a', 'b$', '[0-9]+', '^$', 'a|é', '.b'];
export const ATTRIBUTES = [
  't',
  'u',
  'n',
  'v',
  'd',
  'ip',
  'tags',
  'items',
  '/o/x',
  '/o/y/z',
  '/o',
  '/q~1r',
  '$now',
  'absent',
  '',
  '/t',
];
export const UNIT_ATTRIBUTES = ['id', 'device', '/o/x', 'absent', 'tags'];
export const FLAG_KEYS = ['f0', 'f1', 'f2', 'f3'];
export const SEGMENT_KEYS = ['s0', 's1', 's2'];
export const LIST_KEYS = ['l0', 'l1'];
export const VARIANTS = ['v0', 'v1', 'v2'];
export const EXPERIMENTS = ['e0', 'e1'];

export const scalar = fc.oneof(
  fc.constantFrom<Json>(...TEXTS),
  fc.constantFrom<Json>(...NUMBERS),
  fc.constantFrom<Json>(...VERSIONS),
  fc.constantFrom<Json>(...DATES),
  fc.constantFrom<Json>(...ADDRESSES),
  fc.constantFrom<Json>(true, false, null),
);

export const structure = fc.oneof(
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('x', 'k', ''), scalar, { maxKeys: 2 }),
  fc.constantFrom<Json>([['a']], { y: { z: 'a' } }),
);

export const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: structure },
);
