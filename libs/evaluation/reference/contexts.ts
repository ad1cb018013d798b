import fc from 'fast-check';
import type { Context, Json } from '../src/definition.js';
import type { EvaluationOptions, StickyDocuments } from '../src/result.js';
import { ADDRESSES, DATES, EXPERIMENTS, NUMBERS, scalar, value, VERSIONS } from './vocabulary.js';

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
    stored: fc.dictionary(fc.constantFrom(...EXPERIMENTS), fc.constantFrom('a0', 'a1', 'a9', null), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
