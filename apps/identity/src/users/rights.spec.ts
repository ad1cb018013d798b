import { AppError, PERMISSIONS, SYSTEM_ACTOR, type Actor } from '@assay/contracts';
import fc from 'fast-check';
import { requireRights, rightsBeyond } from './rights.js';

const sets = fc.subarray([...PERMISSIONS]);
const actorWith = (permissions: readonly (typeof PERMISSIONS)[number][]): Actor => ({
  kind: 'user',
  id: 'u',
  name: 'u',
  isSuperuser: false,
  permissions: new Set(permissions),
});

describe('rightsBeyond', () => {
  it('is empty exactly when the actor holds everything that is given', () => {
    fc.assert(
      fc.property(sets, sets, (held, given) => {
        const beyond = rightsBeyond(actorWith(held), { isSuperuser: false, permissions: given });
        expect(beyond).toEqual(given.filter((name) => !held.includes(name)).sort());
      }),
    );
  });

  it('lets only superusers make superusers, whatever permissions somebody has', () => {
    const rights = { isSuperuser: true, permissions: [] };
    expect(rightsBeyond(actorWith([...PERMISSIONS]), rights)).toEqual(['superuser']);
    expect(rightsBeyond(SYSTEM_ACTOR, rights)).toEqual([]);
  });

  it('is refused with the names of what is missing', () => {
    const give = () => requireRights(actorWith([]), 'This', { isSuperuser: false, permissions: ['role:create'] });
    expect(give).toThrow(AppError);
    expect(give).toThrow('role:create');
  });
});
