import type { Actor } from '@assay/contracts';
import { lockoutOf, type Standing } from './lockout.js';

const root: Standing = { isActive: true, isSuperuser: true };
const person: Standing = { isActive: true, isSuperuser: false };
const actor: Actor = { kind: 'user', id: 'me', name: 'me', isSuperuser: true, permissions: new Set() };
const of = (id: string, before: Standing, after: Standing | null, otherSuperusers = 1) =>
  lockoutOf({ actor, id, before, after, otherSuperusers });

describe('lockoutOf', () => {
  it.each([
    ['demoted', { ...root, isSuperuser: false }],
    ['deactivated', { ...root, isActive: false }],
    ['deleted', null],
  ])('keeps the last superuser from being %s', (_how, after) => {
    expect(of('other', root, after, 0)).toMatchObject({ kind: 'conflict' });
    expect(of('other', root, after, 1)).toBeUndefined();
  });

  it('keeps people from closing the door on themselves', () => {
    expect(of('me', root, { ...root, isActive: false })).toMatchObject({ kind: 'conflict' });
    expect(of('me', person, null)).toMatchObject({ kind: 'conflict' });
    expect(of('me', root, { ...root, isSuperuser: false })).toBeUndefined();
  });

  it('minds no one else', () => {
    expect(of('other', person, null, 0)).toBeUndefined();
    expect(of('other', { ...root, isActive: false }, null, 0)).toBeUndefined();
    expect(of('other', person, root, 0)).toBeUndefined();
  });
});
