import { KEY_PERMISSIONS, PERMISSIONS, SYSTEM_ACTOR, type Actor } from '@assay/contracts';
import { ANONYMOUS } from './actors.js';
import { refusalOf } from './refusal-of.js';

const ada: Actor = {
  kind: 'user',
  id: 'u',
  name: 'ada',
  isSuperuser: false,
  permissions: new Set(['experiment:read']),
};
const client: Actor = { ...ada, kind: 'client', permissions: new Set(KEY_PERMISSIONS.client) };

describe('refusalOf', () => {
  it('lets a superuser do everything', () => {
    for (const permission of PERMISSIONS) expect(refusalOf(permission, SYSTEM_ACTOR)).toBeUndefined();
  });

  it('names the permission that is missing', () => {
    expect(refusalOf('experiment:read', ada)).toBeUndefined();
    const refusal = refusalOf('experiment:create', ada);
    expect(refusal).toMatchObject({ kind: 'forbidden', code: 'forbidden' });
    expect(refusal?.message).toContain("'experiment:create'");
  });

  it('gives a client key exactly what its kind may do', () => {
    const allowed = PERMISSIONS.filter((permission) => refusalOf(permission, client) === undefined);
    expect(allowed).toEqual(['feature_flag:evaluate', 'event:create']);
  });

  it('takes only users for logged in', () => {
    expect(refusalOf('authenticated', ada)).toBeUndefined();
    expect(refusalOf('authenticated', client)?.kind).toBe('forbidden');
    expect(refusalOf('authenticated', ANONYMOUS)?.kind).toBe('forbidden');
    expect(refusalOf('public', ANONYMOUS)).toBeUndefined();
  });
});
