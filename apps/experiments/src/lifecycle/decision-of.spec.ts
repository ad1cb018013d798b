import { decisionOf } from './decision-of.js';

const variant = (key: string, isControl = false) => ({
  key,
  name: key,
  description: '',
  isControl,
  trafficAllocation: 50,
  configuration: {},
});
const two = { variants: [variant('a', true), variant('b')] };
const three = { variants: [...two.variants, variant('c')] };
const reason = 'because';

describe('decisionOf', () => {
  it('ships the only treatment there is', () => {
    expect(decisionOf({ decision: 'ship', reason }, two)).toEqual({ decision: 'ship', winner: 'b', reason });
  });

  it('ships what is named, the control as well', () => {
    expect(decisionOf({ decision: 'ship', winner: 'c', reason }, three).winner).toBe('c');
    expect(decisionOf({ decision: 'ship', winner: 'a', reason }, three).winner).toBe('a');
  });

  it('has no winner unless one is named', () => {
    expect(decisionOf({ decision: 'rollback', reason }, two).winner).toBeNull();
    expect(decisionOf({ decision: 'rollback', winner: 'a', reason }, two).winner).toBe('a');
    expect(decisionOf({ decision: 'inconclusive', winner: null, reason }, two).winner).toBeNull();
  });

  it.each([
    ['a variant that is not there', { decision: 'ship', winner: 'z', reason }],
    ['no variant among several', { decision: 'ship', reason }],
    ['a treatment that wins a rollback', { decision: 'rollback', winner: 'b', reason }],
    ['a winner of nothing decided', { decision: 'inconclusive', winner: 'b', reason }],
  ] as const)('refuses %s', (_what, input) => {
    expect(() => decisionOf(input, three)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'winner' })] }) as Error,
    );
  });
});
