import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type {
  Arm,
  Bucket,
  Cond,
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
import { SLOW_PROFILES } from './positions.js';
import {
  ATTRIBUTES,
  BLOCKS,
  EXPERIMENTS,
  FLAG_KEYS,
  HASH_SALT,
  LIST_KEYS,
  PATTERNS,
  scalar,
  SEGMENT_KEYS,
  TEXTS,
  UNIT_ATTRIBUTES,
  value,
  VARIANTS,
} from './vocabulary.js';

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
