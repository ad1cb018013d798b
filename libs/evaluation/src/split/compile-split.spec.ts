import { applyStickyWrites, compileDefinitions, compileSplit, nativeBucket } from '../index.js';
import type { Cond, Context, EvaluationOptions, Exposure, Split, SplitOutcome } from '../index.js';

const half: Split = {
  key: 'cta',
  salt: 'cta',
  unit: ['userId', '/device/id'],
  arms: [
    { key: 'control', variant: 'a', in: [[0, 0.5]] },
    { key: 'treatment', variant: 'b', in: [[0.5, 1]] },
  ],
};

const exposed = (outcome: SplitOutcome): Exposure => {
  if (!outcome.enrolled) throw new Error(`not enrolled: ${outcome.reason}`);
  return outcome.exposure;
};

const decide = (split: Split, context: Context, options?: EvaluationOptions): SplitOutcome =>
  compileSplit(split)(context, options);

describe('a split', () => {
  it('gives the arm whose range holds the position of the unit', () => {
    for (const userId of ['u1', 'u2', 'é-user', '用户', '😀', 12345, true]) {
      const { bucket, fraction } = nativeBucket('cta', String(userId));
      expect(exposed(decide(half, { userId }))).toEqual({
        experiment: 'cta',
        arm: fraction < 0.5 ? 'control' : 'treatment',
        variant: fraction < 0.5 ? 'a' : 'b',
        unit: String(userId),
        unitRef: 'userId',
        bucket,
        fraction,
        sticky: false,
        forced: false,
      });
    }
  });

  it('has half-open ranges', () => {
    const { fraction } = nativeBucket('cta', 'u1');
    const arms = (from: number, to: number): Split => ({
      ...half,
      arms: [{ key: 'only', variant: 'a', in: [[from, to]] }],
    });
    expect(decide(arms(fraction, 1), { userId: 'u1' }).enrolled).toBe(true);
    expect(decide(arms(0, fraction), { userId: 'u1' })).toMatchObject({ reason: 'NO_ARM', fraction });
  });

  it('takes the first unit with a usable value', () => {
    expect(exposed(decide(half, { userId: '', device: { id: 7 } }))).toMatchObject({
      unit: '7',
      unitRef: '/device/id',
    });
    expect(exposed(decide(half, { userId: null, device: { id: 'd' } })).unit).toBe('d');
    expect(exposed(decide(half, { userId: { id: 1 }, device: { id: 'd' } })).unit).toBe('d');
    expect(exposed(decide(half, { userId: 123 })).arm).toBe(exposed(decide(half, { userId: '123' })).arm);
  });

  it('says why a unit is not enrolled', () => {
    const admitted: Cond = {
      all: [
        { attr: 'country', op: 'in', values: ['NO'] },
        { attr: 'plan', op: 'in', values: ['pro'] },
      ],
    };
    const split: Split = { ...half, enroll: admitted };
    expect(decide(split, {})).toMatchObject({ enrolled: false, reason: 'NO_UNIT', unit: null, failedAt: null });
    expect(decide(split, { userId: [] })).toMatchObject({ reason: 'NO_UNIT' });
    expect(decide(split, { userId: 'u', country: 'SE' })).toMatchObject({
      reason: 'NOT_ADMITTED',
      failedAt: 0,
      unit: 'u',
    });
    expect(decide(split, { userId: 'u', country: 'NO' })).toMatchObject({ reason: 'NOT_ADMITTED', failedAt: 1 });
    expect(decide({ ...split, arms: [] }, { userId: 'u', country: 'NO', plan: 'pro' })).toMatchObject({
      reason: 'NO_ARM',
    });
    expect(decide({ ...half, enroll: false }, { userId: 'u' })).toMatchObject({ reason: 'NOT_ADMITTED', failedAt: 0 });
    expect(decide(split, { userId: 'u', country: 'NO', plan: 'pro' }).enrolled).toBe(true);
  });

  it('places a subject without a unit at 0 when it says so', () => {
    expect(exposed(decide({ ...half, missing: 0 }, {}))).toMatchObject({
      arm: 'control',
      unit: null,
      bucket: 0,
      fraction: 0,
    });
  });

  it('places nobody under an unknown hash', () => {
    const split = { ...half, hash: 'crc32' } as unknown as Split;
    expect(decide(split, { userId: 'u' })).toMatchObject({ enrolled: false, reason: 'NO_ARM' });
  });

  it('asks segments and lists of its environment', () => {
    const environment = compileDefinitions({
      segments: { staff: { attr: 'userId', op: 'in', list: 'ids' } },
      lists: { ids: ['u1'] },
    });
    const split = compileSplit({ ...half, enroll: { segment: 'staff' } }, environment);
    expect(split({ userId: 'u1' }).enrolled).toBe(true);
    expect(split({ userId: 'u2' }).enrolled).toBe(false);
  });
});

describe('an override', () => {
  const closed: Split = { ...half, enroll: false };

  it('comes before everything, by index or key of the arm', () => {
    expect(exposed(decide(closed, {}, { overrides: { cta: 1 } }))).toMatchObject({
      arm: 'treatment',
      forced: true,
      unit: null,
      bucket: null,
    });
    expect(exposed(decide(closed, { userId: 'u' }, { overrides: { cta: 'control' } }))).toMatchObject({
      arm: 'control',
      unit: 'u',
    });
  });

  it('of an arm that does not exist is none', () => {
    for (const arm of [9, -1, 0.5, 'absent', 'toString']) {
      expect(decide(closed, { userId: 'u' }, { overrides: { cta: arm } }).enrolled).toBe(false);
    }
    expect(decide(closed, { userId: 'u' }, { overrides: { other: 1 } }).enrolled).toBe(false);
  });
});

describe('a sticky split', () => {
  const sticky = (enroll: Cond, version = 1, minVersion = 0): Split => ({
    ...half,
    enroll,
    sticky: { version, minVersion },
  });
  const stored = (ref: string, unit: string, arm: string, version = 1) => ({
    [`${ref}||${unit}`]: { attributeName: ref, attributeValue: unit, assignments: { [`cta__${version}`]: arm } },
  });

  it('keeps a stored arm without asking for admission again', () => {
    const documents = stored('userId', 'u1', 'treatment');
    const outcome = decide(sticky(false), { userId: 'u1' }, { sticky: documents });
    expect(exposed(outcome)).toMatchObject({ arm: 'treatment', sticky: true });
    expect(decide(sticky(false), { userId: 'u2' }, { sticky: documents })).toMatchObject({ reason: 'NOT_ADMITTED' });
  });

  it('forgets arms that do not exist any more, and arms of another version', () => {
    const gone = decide(sticky(false), { userId: 'u1' }, { sticky: stored('userId', 'u1', 'gone') });
    const old = decide(sticky(false), { userId: 'u1' }, { sticky: stored('userId', 'u1', 'control', 0) });
    expect([gone, old]).toMatchObject([{ reason: 'NOT_ADMITTED' }, { reason: 'NOT_ADMITTED' }]);
  });

  it('blocks units with an arm of a version before minVersion', () => {
    const split = sticky(true, 3, 2);
    expect(decide(split, { userId: 'u1' }, { sticky: stored('userId', 'u1', 'control', 1) })).toMatchObject({
      reason: 'STICKY_BLOCKED',
    });
    expect(decide(split, { userId: 'u1' }, { sticky: stored('userId', 'u1', 'control', 2) }).enrolled).toBe(true);
  });

  it('hands the arm of a device to the user who logs in', () => {
    const split = sticky(true);
    const anonymous = decide(split, { device: { id: 'd1' } }, { sticky: {} });
    expect(anonymous).toMatchObject({ enrolled: true, stickyWrite: { key: '/device/id||d1', assignment: 'cta__1' } });
    const documents = applyStickyWrites({}, anonymous.enrolled && anonymous.stickyWrite ? [anonymous.stickyWrite] : []);
    for (const userId of ['u1', 'u2', 'u3', 'u4', 'u5']) {
      const known = decide(split, { userId, device: { id: 'd1' } }, { sticky: documents });
      expect(exposed(known)).toMatchObject({ arm: exposed(anonymous).arm, sticky: true, unit: userId });
      expect(known).toMatchObject({ stickyWrite: { key: `userId||${userId}` } });
    }
  });

  it('lets the first unit win where documents disagree, and writes nothing that is stored', () => {
    const documents = { ...stored('userId', 'u1', 'control'), ...stored('/device/id', 'd1', 'treatment') };
    const outcome = decide(sticky(true), { userId: 'u1', device: { id: 'd1' } }, { sticky: documents });
    expect(outcome).toMatchObject({ exposure: { arm: 'control' } });
    expect(outcome.enrolled && outcome.stickyWrite).toBeUndefined();
  });

  it('takes the arm that the caller’s own store has, and none where that enrols nobody', () => {
    const kept = (arm: string | null) => decide(sticky(false), { userId: 'u1' }, { stored: { cta: arm } });
    expect(exposed(kept('treatment'))).toMatchObject({ arm: 'treatment', unit: 'u1', sticky: true, forced: false });
    expect(kept('gone')).toMatchObject({ reason: 'NOT_ADMITTED' });
    expect(decide(sticky(true), { userId: 'u1' }, { stored: { cta: null } })).toMatchObject({ reason: 'NOT_STORED' });
    expect(decide(sticky(true), { userId: 'u1' }, { stored: { other: null } }).enrolled).toBe(true);
    // A split that is not sticky has nothing stored anywhere.
    expect(decide(half, { userId: 'u1' }, { stored: { cta: null } }).enrolled).toBe(true);
  });

  it('is not sticky when no documents are given, and never for a forced arm', () => {
    expect(decide(sticky(true), { userId: 'u1' })).toMatchObject({ enrolled: true, exposure: { sticky: false } });
    const forced = decide(sticky(true), { userId: 'u1' }, { sticky: {}, overrides: { cta: 0 } });
    expect(forced.enrolled && forced.stickyWrite).toBeUndefined();
  });
});

describe('applyStickyWrites', () => {
  it('adds to documents and leaves the old ones as they were', () => {
    const before = { k: { assignments: { a__1: 'x' } } };
    const write = { key: 'k', attributeName: 'n', attributeValue: 'v', assignment: 'b__1', arm: 'y' };
    const after = applyStickyWrites(before, [write, { ...write, key: 'new' }]);
    expect(after).toEqual({
      k: { assignments: { a__1: 'x', b__1: 'y' } },
      new: { attributeName: 'n', attributeValue: 'v', assignments: { b__1: 'y' } },
    });
    expect(before).toEqual({ k: { assignments: { a__1: 'x' } } });
  });
});
