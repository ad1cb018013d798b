import { AppError } from '@assay/contracts';
import fc from 'fast-check';
import { backoffMs, errorText, failureKind } from './failure-policy.js';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error('text'), { code, ...more });

describe('failureKind', () => {
  it('waits for what passes by itself', () => {
    expect(failureKind(AppError.unavailable('away'))).toBe('outage');
    expect(failureKind(coded('ECONNREFUSED', { syscall: 'connect' }))).toBe('outage');
    expect(failureKind(new Error('Connection terminated unexpectedly'))).toBe('outage');
    for (const code of ['40001', '40P01', '53100', '57P01', '57P05', '25006'])
      expect(failureKind(coded(code))).toBe('outage');
    expect(failureKind(new Error('outer', { cause: coded('40P01') }))).toBe('outage');
    expect(failureKind(Object.assign(new Error('broker'), { retriable: true }))).toBe('outage');
  });

  it('gives up on what stays wrong', () => {
    expect(failureKind(AppError.field('n', 'is wrong'))).toBe('own');
    expect(failureKind(new TypeError('bug'))).toBe('own');
    expect(failureKind(coded('23505'))).toBe('own');
    expect(failureKind(Object.assign(new Error('broker'), { retriable: false }))).toBe('own');
    expect(failureKind('a string')).toBe('own');
    expect(failureKind(undefined)).toBe('own');
  });
});

describe('backoffMs', () => {
  it('grows from half the base to the cap and never beyond', () => {
    const times = fc.record({ base: fc.integer({ min: 1, max: 1_000 }), cap: fc.integer({ min: 1_000, max: 60_000 }) });
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (time, failures, random) => {
          const wait = backoffMs({ baseMs: time.base, capMs: time.cap }, failures, random);
          return wait >= time.base / 2 && wait <= time.cap;
        },
      ),
    );
    expect([1, 2, 3, 4].map((failures) => backoffMs({ baseMs: 100, capMs: 500 }, failures, 0.999999))).toEqual(
      [100, 200, 400, 500].map((ms) => expect.closeTo(ms, 1) as number),
    );
  });
});

describe('errorText', () => {
  it('keeps the message and a stable code', () => {
    expect(errorText(AppError.field('n', 'is wrong'))).toEqual({ message: 'n: is wrong', code: 'validation_failed' });
    expect(errorText(coded('23505'))).toEqual({ message: 'text', code: '23505' });
    expect(errorText(new TypeError('bug'))).toEqual({ message: 'bug', code: 'TypeError' });
    expect(errorText({ status: 'error' })).toEqual({ message: '{"status":"error"}', code: null });
    expect(errorText(undefined)).toEqual({ message: 'unknown', code: null });
  });
});
