import type { LoadedList } from '@assay/definitions';
import { MemberSet } from '@assay/evaluation';
import { EnvironmentView, type Definition } from './environment-view.js';

const place = { projectId: 'p', environmentId: 'e' };

const flag = (id: string, version = 1): Definition => ({
  kind: 'flag',
  definition: {
    id,
    projectId: 'p',
    key: 'flag',
    version,
    clientSide: false,
    document: {
      key: 'flag',
      type: 'string',
      on: true,
      variants: { own: id, other: 'other' },
      off: null,
      rules: [{ id: 'r', when: { attr: 'userId', op: 'in', list: 'vip', negate: true }, serve: { variant: 'other' } }],
      default: { variant: 'own' },
    },
  },
});

function list(id: string, members: readonly string[], version = 1): Definition {
  const definition: LoadedList = {
    id,
    projectId: 'p',
    key: 'vip',
    version,
    size: members.length,
    members: MemberSet.from(members),
    changedAt: 0,
  };
  return { kind: 'list', definition };
}

const value = (view: EnvironmentView, userId = 'u') => view.compiled.evaluate('flag', { userId }).value;

it('answers by the members that a list has now, and is in another state with each', () => {
  const view = new EnvironmentView(place, [flag('a'), list('l', ['u'])]);
  const states = [view.fingerprint];
  expect([value(view), value(view, 'v')]).toEqual(['a', 'other']);
  view.apply({ ...list('l', ['v'], 2), deleted: false });
  states.push(view.fingerprint);
  expect([value(view), value(view, 'v')]).toEqual(['other', 'a']);
  view.apply({ ...list('l', ['v'], 2), deleted: true });
  states.push(view.fingerprint);
  expect(value(view, 'v')).toBe('other');
  expect([...view.listDefinitions()]).toEqual([]);
  expect(new Set(states).size).toBe(3);
});

it('keeps what has taken the key of something of which it hears later that it is gone', () => {
  const view = new EnvironmentView(place, [flag('first'), list('one', ['u'])]);
  view.apply({ ...flag('second'), deleted: false });
  view.apply({ ...list('two', ['u', 'v']), deleted: false });
  view.apply({ ...flag('first'), deleted: true });
  view.apply({ ...list('one', ['u']), deleted: true });
  expect([value(view), value(view, 'v')]).toEqual(['second', 'second']);
  expect(view.flag('flag')?.definition.id).toBe('second');
  expect(view.fingerprint).toBe(new EnvironmentView(place, [flag('second'), list('two', ['u', 'v'])]).fingerprint);
  view.apply({ ...flag('second'), deleted: true });
  expect(view.flag('flag')).toBeUndefined();
});
