import { compile, flag, isNorway, needs, rule, split } from '../../reference/small-flags.js';
import { compileCondition, compileDefinitions } from '../index.js';
import type { Flag } from '../index.js';

describe('prerequisites', () => {
  const parent = flag('parent', { rules: [rule('r', isNorway)], default: { off: true } });

  it('are read from the result of another flag in the same context', () => {
    const child = flag('child', {
      requires: [
        { id: 'p', when: { all: [needs('parent'), { flag: 'parent', attr: '/value', op: 'in', values: ['B'] }] } },
      ],
    });
    const definitions = compile(parent, child);
    expect(definitions.evaluate('child', { country: 'NO' })).toMatchObject({ variant: 'a' });
    expect(definitions.evaluate('child', {})).toMatchObject({ variant: 'off', prerequisite: 'p' });
  });

  it('that do not exist are off and have no value', () => {
    const definitions = compile(flag('child', { rules: [rule('r', needs('ghost', false)), rule('s', true)] }));
    expect(definitions.evaluate('child', {}).ruleId).toBe('r');
    expect(definitions.matches({ flag: 'ghost', attr: 'value', op: 'exists' }, {})).toBe(false);
  });

  it('record the exposure of the parent each time it is read', () => {
    const experiment = flag('parent', { rules: [{ id: 'e', when: true, serve: { split: split() } }] });
    const child = flag('child', {
      rules: [rule('r', { all: [needs('parent'), { flag: 'parent', attr: 'variant', op: 'in', values: ['b'] }] })],
    });
    const { exposures } = compile(experiment, child).evaluate('child', { userId: 'u' });
    expect(exposures.map(({ experiment: key }) => key)).toEqual(['exp', 'exp']);
  });

  it('may share a parent, but not lead back', () => {
    const diamond = compile(
      parent,
      flag('left', { rules: [rule('r', needs('parent'))], default: { off: true } }),
      flag('right', { rules: [rule('r', { all: [needs('parent'), needs('left')] })] }),
    );
    expect(diamond.evaluate('right', { country: 'NO' })).toMatchObject({ ruleId: 'r', error: undefined });
    const circle = compile(
      flag('x', { rules: [rule('r', { not: needs('y') })] }),
      flag('y', { requires: [{ id: 'q', when: needs('x') }] }),
      flag('z', { rules: [rule('r', needs('x'))] }),
    );
    for (const key of ['x', 'y', 'z']) {
      expect(circle.evaluate(key, {})).toMatchObject({
        value: null,
        variant: null,
        on: false,
        reason: 'ERROR',
        error: 'CYCLE',
        exposures: [],
      });
    }
  });

  it('in a long chain end as an error, not as an overflow, and cost no more when read twice', () => {
    const link = (index: number): Flag =>
      flag(`f${index}`, { rules: [rule('r', { all: [needs(`f${index + 1}`), needs(`f${index + 1}`)] })] });
    const short = compile(...Array.from({ length: 40 }, (_, index) => link(index)), flag('f40'));
    expect(short.evaluate('f0', {})).toMatchObject({ ruleId: 'r' });
    const long = compile(...Array.from({ length: 10_000 }, (_, index) => link(index)));
    expect(long.evaluate('f0', {})).toMatchObject({ error: 'TOO_DEEP' });
  });

  it('read twice over many levels do not multiply exposures without end', () => {
    const link = (index: number): Flag =>
      flag(`f${index}`, { rules: [rule('r', { all: [needs(`f${index + 1}`), needs(`f${index + 1}`)] })] });
    const bottom = flag('f30', { rules: [{ id: 'e', when: true, serve: { split: split() } }] });
    const { exposures } = compile(...Array.from({ length: 30 }, (_, index) => link(index)), bottom).evaluate('f0', {
      userId: 'u',
    });
    expect(exposures.length).toBeLessThan(3000);
  });
});

describe('segments', () => {
  it('that lead back to themselves make the evaluation an error', () => {
    const definitions = compileDefinitions({
      flags: { f: flag('f', { rules: [rule('r', { segment: 'a' })] }) },
      segments: { a: { any: [false, { segment: 'b' }] }, b: { not: { segment: 'a' } } },
    });
    expect(definitions.evaluate('f', {})).toMatchObject({ error: 'CYCLE', value: null });
    expect(definitions.matches({ not: { segment: 'a' } }, {})).toBe(false);
  });

  it('that do not exist are false', () => {
    expect(compileCondition({ segment: 'absent' })({})).toBe(false);
    expect(compileCondition({ not: { segment: 'absent' } })({})).toBe(true);
  });
});
