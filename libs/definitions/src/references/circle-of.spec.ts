import type { Cond, Flag } from '@assay/evaluation';
import { circleOf, namedBy, type DefinitionNode } from './circle-of.js';

const reads = (flag: string): Cond => ({ flag, attr: 'on', op: 'in', values: [true] });

function document(key: string, when: Cond): Flag {
  const rules = [{ id: 'r', when, serve: { off: true } as const }];
  return { key, type: 'boolean', on: true, variants: {}, off: null, rules };
}

const flag = (key: string, when: Cond, environments: Readonly<Record<string, Cond>> = {}): DefinitionNode => ({
  kind: 'flag',
  key,
  document: document(key, when),
  environments: Object.fromEntries(Object.entries(environments).map(([id, own]) => [id, document(key, own)])),
});
const experiment = (key: string, condition: Cond | null, environmentId = 'production'): DefinitionNode => ({
  kind: 'experiment',
  key,
  condition,
  environmentId,
});
const segment = (key: string, condition: Cond): DefinitionNode => ({ kind: 'segment', key, condition });

describe('circleOf', () => {
  it('finds the shortest way back, and the member that begins it', () => {
    const others = [
      flag('b', { any: [{ segment: 's' }, reads('c')] }),
      flag('c', reads('a')),
      segment('s', reads('c')),
    ];
    expect(circleOf(flag('a', { all: [reads('x'), { not: reads('b') }] }), others)).toEqual({
      path: 'rules[0].when.all[1].not.flag',
      environmentId: null,
      way: 'flag a -> flag b -> flag c -> flag a',
    });
    expect(circleOf(segment('s', reads('c')), [...others, flag('a', { segment: 's' })])).toMatchObject({
      path: 'flag',
      way: 'segment s -> flag c -> flag a -> segment s',
    });
  });

  it('finds none where the way leads elsewhere, be it into the circle of others', () => {
    const others = [flag('b', reads('c')), flag('c', reads('b')), experiment('e', null)];
    expect(circleOf(flag('a', { any: [reads('b'), reads('e'), reads('unknown')] }), others)).toBeUndefined();
  });

  it('looks at each environment as that evaluates', () => {
    const back = flag('b', true, { staging: reads('a') });
    expect(circleOf(flag('a', reads('b')), [back])).toMatchObject({ environmentId: 'staging' });
    expect(circleOf(flag('a', reads('b'), { staging: true }), [back])).toBeUndefined();
    expect(circleOf(flag('a', reads('b'), { staging: true }), [flag('b', reads('a'))])).toMatchObject({
      environmentId: null,
    });
  });

  it('goes through experiments in their own environment alone', () => {
    const changed = experiment('e', reads('a'), 'staging');
    expect(circleOf(changed, [flag('a', reads('e'))])).toEqual({
      path: 'flag',
      environmentId: 'staging',
      way: 'experiment e -> flag a -> experiment e',
    });
    expect(circleOf(changed, [flag('a', true, { production: reads('e') })])).toBeUndefined();
    expect(circleOf(changed, [flag('a', true, { staging: reads('e') })])?.path).toBe('flag');
    expect(circleOf(flag('a', true, { production: reads('e') }), [changed])).toBeUndefined();
  });
});

describe('namedBy', () => {
  it('tells of every environment', () => {
    const named = namedBy(flag('a', reads('b'), { staging: { segment: 's' } })).map(({ key }) => key);
    expect(named).toEqual(['b', 's']);
  });
});
