import { compileDefinitions, explain, explainSplit, nativeBucket, splitFromWeights } from '../index.js';
import type { Flag, Step } from '../index.js';

const { split } = splitFromWeights({
  key: 'cta',
  unit: ['userId'],
  variants: [
    { key: 'a', weight: 1 },
    { key: 'b', weight: 1 },
  ],
  coverage: 0.5,
});

const flag: Flag = {
  key: 'f',
  type: 'string',
  on: true,
  off: null,
  variants: { a: 'A', b: 'B' },
  requires: [{ id: 'gate', when: { not: { segment: 'banned' } } }],
  rules: [
    {
      id: 'qa',
      when: {
        any: [
          { attr: 'email', op: 'endsWith', values: ['@x.no'] },
          { attr: 'age', as: 'number', op: 'gt', value: 90 },
        ],
      },
      serve: { variant: 'b' },
    },
    { id: 'exp', when: { all: [{ attr: 'country', op: 'in', values: ['NO'] }, true] }, serve: { split } },
  ],
  default: { variant: 'a' },
};

const definitions = compileDefinitions({
  flags: { f: flag },
  segments: { banned: { attr: 'userId', op: 'in', values: ['bad'] } },
});
const rule = (steps: readonly Step[], id: string) => steps.find((step) => step.kind === 'rule' && step.id === id);

describe('an explanation', () => {
  it('shows each condition with the value it saw, and stops where the answer was known', () => {
    const { result, steps } = explain(definitions, 'f', { userId: 'u', email: 'a@x.no', age: '7' });
    expect(result).toMatchObject({ variant: 'b', ruleId: 'qa' });
    expect(steps.map(({ kind }) => kind)).toEqual(['switch', 'requirement', 'rule']);
    expect(rule(steps, 'qa')).toMatchObject({
      condition: {
        kind: 'any',
        matched: true,
        path: 'rules[0].when',
        parts: [
          { kind: 'leaf', path: 'rules[0].when.any[0]', matched: true, seen: 'a@x.no' },
          { kind: 'unasked', path: 'rules[0].when.any[1]', matched: null },
        ],
      },
      serve: { kind: 'variant', variant: 'b' },
    });
  });

  it('shows the hash input, the position, the ranges and what admission asked', () => {
    const { result, steps } = explain(definitions, 'f', { userId: 'u', country: 'NO' });
    const { bucket, fraction } = nativeBucket('cta', 'u');
    const coverage = nativeBucket('cta:coverage', 'u');
    expect(rule(steps, 'exp')).toMatchObject({
      condition: { matched: true },
      serve: {
        kind: 'split',
        split: {
          experiment: 'cta',
          position: { profile: 'native', salt: 'cta', unit: 'u', unitRef: 'userId', input: 'cta:u', bucket, fraction },
          enroll: [
            {
              kind: 'bucket',
              position: { input: 'cta:coverage:u', fraction: coverage.fraction },
              ranges: [[0, 0.5]],
              matched: coverage.fraction < 0.5,
            },
          ],
          arms: [
            { key: 'a', variant: 'a', ranges: [[0, 0.5]] },
            { key: 'b', variant: 'b', ranges: [[0.5, 1]] },
          ],
          outcome: { enrolled: coverage.fraction < 0.5 },
        },
      },
    });
    expect(result.exposures).toHaveLength(coverage.fraction < 0.5 ? 1 : 0);
  });

  it('ends at the requirement that failed, and goes into its segment', () => {
    const { steps } = explain(definitions, 'f', { userId: 'bad' });
    expect(steps).toHaveLength(2);
    expect(steps[1]).toMatchObject({
      kind: 'requirement',
      id: 'gate',
      condition: {
        kind: 'not',
        matched: false,
        parts: [{ kind: 'segment', matched: true, parts: [{ kind: 'leaf', path: 'segments.banned', seen: 'bad' }] }],
      },
    });
  });

  it('ends at the default when no rule yields', () => {
    const { steps } = explain(definitions, 'f', { userId: 'u', country: 'SE' });
    expect(steps.at(-1)).toEqual({ kind: 'default', serve: { kind: 'variant', variant: 'a' } });
    expect(rule(steps, 'exp')).toMatchObject({
      serve: null,
      condition: { parts: [{ seen: 'SE', matched: false }, { kind: 'unasked' }] },
    });
  });

  it('has no steps for a flag that does not exist, one for a flag that is off', () => {
    expect(explain(definitions, 'absent', {})).toMatchObject({ result: { error: 'FLAG_NOT_FOUND' }, steps: [] });
    const off = definitions.with({ flags: { f: { ...flag, on: false } } });
    expect(explain(off, 'f', {}).steps).toEqual([{ kind: 'switch', on: false }]);
  });

  it('shows what another flag gave', () => {
    const child: Flag = {
      ...flag,
      key: 'child',
      requires: [{ id: 'p', when: { flag: 'f', attr: '/value', op: 'in', values: ['B'] } }],
    };
    const { steps } = explain(definitions.with({ flags: { child } }), 'child', { email: 'a@x.no' });
    expect(steps[1]).toMatchObject({ condition: { kind: 'leaf', seen: 'B', matched: true } });
  });
});

describe('an explanation of a split alone', () => {
  it('says why there is no arm', () => {
    expect(explainSplit(split, {})).toMatchObject({
      position: { unit: null, input: null },
      enroll: [],
      outcome: { reason: 'NO_UNIT' },
    });
    const { outcome, enroll } = explainSplit({ ...split, enroll: { all: [true, false, true] } }, { userId: 'u' });
    expect(outcome).toMatchObject({ reason: 'NOT_ADMITTED', failedAt: 1 });
    expect(enroll.map(({ matched }) => matched)).toEqual([true, false, null]);
  });

  it('does not ask for admission when the arm was forced', () => {
    expect(explainSplit(split, { userId: 'u' }, { overrides: { cta: 1 } })).toMatchObject({
      enroll: [],
      outcome: { exposure: { arm: 'b', forced: true } },
    });
  });
});
