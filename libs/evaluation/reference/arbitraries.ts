import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type {
  Arm,
  Bucket,
  Cond,
  Context,
  Definitions,
  Flag,
  Hashing,
  Json,
  Leaf,
  Range,
  Rule,
  Serve,
  Split,
} from '../src/definition.js';
import { HASH_PROFILES } from '../src/hash/profiles.js';
import type { EvaluationOptions, StickyDocuments } from '../src/result.js';
import { SLOW_PROFILES } from './positions.js';

/*
 * Definitions and contexts from one small vocabulary, so that conditions hit and miss about equally often, documents refer to
 * each other, and every operator meets values it can and cannot compare.
 */

const HASH_SALT = 'pepper';
const TEXTS = ['a', 'b', 'A', 'ab', 'abc', '', '1', '1.0', ' 2 ', 'é', 'true'];
const NUMBERS = [0, -0, 1, 2, 2.5, -7, 1e21, 1704067200000];
const VERSIONS = [
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
const DATES = [
  '2024-01-01T00:00:00Z',
  '2024-01-01T01:00:00+01:00',
  '2024-02-29T23:59:59.250Z',
  '2024-01-01',
  '2023-02-29T00:00:00Z',
];
const ADDRESSES = ['10.1.2.3', '::ffff:10.1.2.3', 'fe80::1', '2001:db8::8:800:200c:417a', '::', '010.1.2.3', '1::2::3'];
const BLOCKS = [
  '10.0.0.0/8',
  '10.1.2.3',
  'fe80::/10',
  '::ffff:10.0.0.0/104',
  '::/0',
  '0.0.0.0/0',
  '10.1.2.3/33',
  '2001:db8::/33',
];
const PATTERNS = ['a', '^a', 'b$', '[0-9]+', '^$', 'a|é', '.b'];
const ATTRIBUTES = [
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
const UNIT_ATTRIBUTES = ['id', 'device', '/o/x', 'absent', 'tags'];
const FLAG_KEYS = ['f0', 'f1', 'f2', 'f3'];
const SEGMENT_KEYS = ['s0', 's1', 's2'];
const LIST_KEYS = ['l0', 'l1'];
const VARIANTS = ['v0', 'v1', 'v2'];
const EXPERIMENTS = ['e0', 'e1'];

const scalar = fc.oneof(
  fc.constantFrom<Json>(...TEXTS),
  fc.constantFrom<Json>(...NUMBERS),
  fc.constantFrom<Json>(...VERSIONS),
  fc.constantFrom<Json>(...DATES),
  fc.constantFrom<Json>(...ADDRESSES),
  fc.constantFrom<Json>(true, false, null),
);

const structure = fc.oneof(
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('x', 'k', ''), scalar, { maxKeys: 2 }),
  fc.constantFrom<Json>([['a']], { y: { z: 'a' } }),
);

const value: fc.Arbitrary<Json> = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: structure });

const digest = (text: Buffer): string => createHash('sha256').update(text).update(HASH_SALT).digest('hex');
const affix = (text: string): string => `${Buffer.byteLength(text)}_${digest(Buffer.from(text))}`;

const hashedLeaf: fc.Arbitrary<Partial<Leaf>> = fc.record({
  op: fc.constantFrom<Leaf['op']>('in', 'startsWith', 'endsWith', 'contains'),
  hashed: fc.constant(HASH_SALT),
  values: fc.array(
    fc.constantFrom(...TEXTS).chain((text) => fc.constantFrom(digest(Buffer.from(text)), affix(text))),
    { maxLength: 3 },
  ),
});

const comparison: fc.Arbitrary<Partial<Leaf>> = fc.oneof(
  fc.record({ op: fc.constant<Leaf['op']>('in'), values: fc.array(value, { maxLength: 4 }) }),
  fc.record({ op: fc.constant<Leaf['op']>('in'), list: fc.constantFrom(...LIST_KEYS, 'absent') }),
  fc.record({ op: fc.constantFrom<Leaf['op']>('lt', 'lte', 'gt', 'gte'), value: scalar }),
  fc.record({ op: fc.constantFrom<Leaf['op']>('lt', 'lte', 'gt', 'gte'), values: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({
    op: fc.constantFrom<Leaf['op']>('startsWith', 'endsWith', 'contains'),
    values: fc.array(fc.constantFrom(...TEXTS), { maxLength: 2 }),
  }),
  fc.record({ op: fc.constant<Leaf['op']>('matches'), value: fc.constantFrom(...PATTERNS) }),
  fc.record({ op: fc.constant<Leaf['op']>('inCidr'), values: fc.array(fc.constantFrom(...BLOCKS), { maxLength: 2 }) }),
  fc.record({ op: fc.constant<Leaf['op']>('mod'), value: fc.constantFrom<Json>([2, 0], [3, 1], [0, 0], 'x') }),
  fc.record({ op: fc.constant<Leaf['op']>('exists'), value: fc.boolean() }),
  hashedLeaf,
);

const leafOptions: fc.Arbitrary<Partial<Leaf>> = fc.record(
  {
    as: fc.constantFrom<NonNullable<Leaf['as']>>('string', 'number', 'version', 'date', 'size', 'type'),
    ignoreCase: fc.boolean(),
    negate: fc.boolean(),
    ifMissing: fc.boolean(),
  },
  { requiredKeys: [] },
);

const contextLeaf = fc
  .tuple(fc.constantFrom(...ATTRIBUTES), leafOptions, comparison)
  .map(([attr, options, rest]) => ({ attr, ...options, ...rest }) as Leaf);

const flagLeaf = fc
  .tuple(
    fc.constantFrom(...FLAG_KEYS, 'absent'),
    fc.constantFrom('/value', 'variant', '/on', '/value/x'),
    leafOptions,
    comparison,
  )
  .map(([flag, attr, options, rest]) => ({ flag, attr, ...options, ...rest }) as Leaf);

const bound = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
const ranges: fc.Arbitrary<Range[]> = fc.array(fc.tuple(bound, bound), { minLength: 1, maxLength: 2 });

const hashing: fc.Arbitrary<Hashing> = fc.record(
  {
    salt: fc.constantFrom('salt', 'other', 'é:x', ''),
    unit: fc.array(fc.constantFrom(...UNIT_ATTRIBUTES), { minLength: 1, maxLength: 3 }),
    hash: fc.constantFrom(...HASH_PROFILES.filter((name) => SLOW_PROFILES.includes(name))),
    mod: fc.integer({ min: 1, max: 5000 }),
    missing: fc.constant(0 as const),
  },
  { requiredKeys: ['salt', 'unit'] },
);

const bucket: fc.Arbitrary<Bucket> = fc.tuple(hashing, ranges).map(([place, within]) => ({ ...place, in: within }));

const { cond } = fc.letrec<{ cond: Cond }>((tie) => ({
  cond: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: contextLeaf },
    { weight: 1, arbitrary: flagLeaf },
    { weight: 1, arbitrary: fc.boolean() },
    { weight: 1, arbitrary: bucket.map((fields): Cond => ({ bucket: fields })) },
    { weight: 1, arbitrary: fc.constantFrom(...SEGMENT_KEYS, 'absent').map((segment): Cond => ({ segment })) },
    { weight: 2, arbitrary: fc.array(tie('cond'), { maxLength: 3 }).map((all): Cond => ({ all })) },
    { weight: 2, arbitrary: fc.array(tie('cond'), { maxLength: 3 }).map((any): Cond => ({ any })) },
    { weight: 1, arbitrary: tie('cond').map((not): Cond => ({ not })) },
    { weight: 1, arbitrary: tie('cond').map((where): Cond => ({ some: 'items', where })) },
  ),
}));

/** Any condition of the model. */
export const conditions: fc.Arbitrary<Cond> = cond;

const arm: fc.Arbitrary<Omit<Arm, 'key'>> = fc.record(
  { variant: fc.constantFrom(...VARIANTS), in: ranges, continue: fc.boolean() },
  { requiredKeys: ['variant', 'in'] },
);

const split: fc.Arbitrary<Split> = fc
  .tuple(
    hashing,
    fc.record(
      {
        key: fc.constantFrom(...EXPERIMENTS),
        enroll: cond,
        sticky: fc.record({ version: fc.integer({ min: 0, max: 2 }), minVersion: fc.integer({ min: 0, max: 2 }) }),
      },
      { requiredKeys: [] },
    ),
    fc.array(arm, { minLength: 1, maxLength: 3 }),
  )
  .map(([place, rest, arms]) => ({
    ...place,
    ...rest,
    arms: arms.map((fields, index) => ({ ...fields, key: `a${index}` })),
  }));

const serve: fc.Arbitrary<Serve> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VARIANTS).map((variant): Serve => ({ variant })) },
  { weight: 3, arbitrary: split.map((fields): Serve => ({ split: fields })) },
  { weight: 1, arbitrary: fc.constant<Serve>({ off: true }) },
);

const seldom = fc.record(
  { negate: fc.boolean(), ifMissing: fc.boolean(), ignoreCase: fc.boolean() },
  { requiredKeys: [] },
);

/** Neighbouring rules about one attribute, which the engine looks up in a table, with some that do not fit in. */
const targets = fc
  .tuple(fc.constantFrom('t', 'u', 'n'), fc.constantFrom({}, { as: 'string' as const }))
  .chain(([attr, cast]) => {
    const options = fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: seldom });
    const leaf = fc
      .tuple(fc.array(scalar, { minLength: 1, maxLength: 2 }), options)
      .map(([values, rest]): Leaf => ({ attr, op: 'in', values, ...cast, ...rest }));
    const draft = fc
      .tuple(leaf, cond, serve)
      .map(([first, also, served]) => ({ when: { all: [first, also] }, serve: served }));
    return fc.array(draft, { minLength: 4, maxLength: 7 });
  });

const rules: fc.Arbitrary<Rule[]> = fc
  .oneof(
    { weight: 3, arbitrary: fc.array(fc.record({ when: cond, serve }), { maxLength: 4 }) },
    { weight: 1, arbitrary: targets },
  )
  .map((drafts) => drafts.map((draft, index) => ({ id: `r${index}`, ...draft })));

const flag = (key: string): fc.Arbitrary<Flag> =>
  fc.record(
    {
      key: fc.constant(key),
      type: fc.constant('json' as const),
      on: fc.constantFrom(true, true, true, true, true, false),
      variants: fc.record({ v0: value, v1: value, v2: value }),
      off: fc.constantFrom(null, ...VARIANTS),
      requires: fc.array(fc.record({ id: fc.constantFrom('q0', 'q1'), when: fc.oneof(flagLeaf, cond) }), {
        maxLength: 1,
      }),
      rules,
      default: serve,
    },
    { requiredKeys: ['key', 'type', 'on', 'variants', 'off', 'rules'] },
  );

/** Flags, segments and lists that refer to each other, in circles, too. */
export const definitions: fc.Arbitrary<Definitions> = fc.record({
  flags: fc
    .tuple(...FLAG_KEYS.map((key) => flag(key)))
    .map((flags) => Object.fromEntries(flags.map((fields) => [fields.key, fields]))),
  segments: fc.dictionary(fc.constantFrom(...SEGMENT_KEYS), cond, { maxKeys: 3 }),
  lists: fc.dictionary(fc.constantFrom(...LIST_KEYS), fc.array(value, { maxLength: 5 }), { maxKeys: 2 }),
});

/** Keys of the flags in {@link definitions}. */
export const flagKeys: readonly string[] = FLAG_KEYS;

const unitValue = fc.constantFrom<Json>('u1', 'u2', 'é-user', '用户', '😀', 7, true, '', null);

/** Contexts for those definitions. */
export const contexts: fc.Arbitrary<Context> = fc.record(
  {
    t: value,
    u: value,
    n: fc.constantFrom<Json>(...NUMBERS, '2', '1e3', '', true),
    v: fc.constantFrom<Json>(...VERSIONS, 1.2),
    d: fc.constantFrom<Json>(...DATES, 1704067200000, '1704067200000'),
    ip: fc.constantFrom<Json>(...ADDRESSES),
    tags: fc.array(scalar, { maxLength: 3 }),
    items: fc.array(fc.oneof(scalar, fc.record({ t: value, v: scalar }, { requiredKeys: [] })), { maxLength: 3 }),
    o: fc.oneof(fc.record({ x: value, y: fc.record({ z: scalar }) }, { requiredKeys: [] }), scalar),
    'q/r': scalar,
    '': scalar,
    $now: fc.constantFrom<Json>(1, 1704067200000),
    id: unitValue,
    device: unitValue,
  },
  { requiredKeys: [] },
);

const assignments = fc.dictionary(
  fc
    .tuple(fc.constantFrom(...EXPERIMENTS), fc.integer({ min: 0, max: 2 }))
    .map(([key, version]) => `${key}__${version}`),
  fc.constantFrom('a0', 'a1', 'a9'),
  { maxKeys: 3 },
);

const stickyDocuments: fc.Arbitrary<StickyDocuments> = fc.dictionary(
  fc.tuple(fc.constantFrom('id', 'device'), fc.constantFrom('u1', 'u2', '7')).map(([ref, unit]) => `${ref}||${unit}`),
  assignments.map((stored) => ({ assignments: stored })),
  { maxKeys: 3 },
);

/** Options of an evaluation: a moment, overrides (some of arms that do not exist), stored arms. */
export const evaluationOptions: fc.Arbitrary<EvaluationOptions> = fc.record(
  {
    now: fc.constantFrom(1, 2, 1704067200000),
    overrides: fc.dictionary(fc.constantFrom(...EXPERIMENTS, 'salt'), fc.constantFrom(0, 1, 9, 'a1', 'a9'), {
      maxKeys: 1,
    }),
    sticky: stickyDocuments,
  },
  { requiredKeys: [] },
);
