import { BUILT_IN_ROLES, PERMISSIONS } from '@assay/contracts';
import { BUILT_IN_ROLE_DEFINITIONS } from './built-in-roles.js';

const { admin, editor, analyst, viewer } = BUILT_IN_ROLE_DEFINITIONS;

describe('built-in roles', () => {
  it('hold only permissions that exist, each once', () => {
    for (const name of BUILT_IN_ROLES) {
      const { permissions } = BUILT_IN_ROLE_DEFINITIONS[name];
      expect(new Set(permissions).size).toBe(permissions.length);
      expect(PERMISSIONS).toEqual(expect.arrayContaining([...permissions]));
    }
  });

  it('allow more from viewer to admin', () => {
    expect(analyst.permissions).toEqual(expect.arrayContaining([...viewer.permissions]));
    expect(editor.permissions).toEqual(expect.arrayContaining([...analyst.permissions]));
    expect(admin.permissions).toEqual(PERMISSIONS);
  });

  it('let only admin touch users, roles, projects and keys', () => {
    const administrative = /^(user|role|project|api_key):(create|update|delete)$/;
    for (const { permissions } of [editor, analyst, viewer]) {
      expect(permissions.filter((name) => administrative.test(name))).toEqual([]);
    }
  });

  it('let viewers and analysts change nothing but refused events', () => {
    const changing = [...viewer.permissions, ...analyst.permissions].filter((name) => !/:(read|evaluate)$/.test(name));
    expect(changing).toEqual(['event:replay']);
  });
});
