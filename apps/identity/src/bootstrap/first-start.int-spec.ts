import { PERMISSIONS, type Page, type Project, type Role, type User } from '@assay/contracts';
import { createTestDatabase, type TestDatabase } from '@assay/testing';
import { POOL } from '@assay/platform';
import type pg from 'pg';
import { ADMIN_PASSWORD, startIdentity, type IdentityApp } from '../testing/identity-app.js';

let database: TestDatabase;
const running: IdentityApp[] = [];

async function start(adminPassword?: string | null): Promise<IdentityApp> {
  const app = await startIdentity({
    databaseUrl: database.url,
    ...(adminPassword === undefined ? {} : { adminPassword }),
  });
  running.push(app);
  return app;
}

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
  await database.drop();
});

describe('the first start', () => {
  it('makes permissions, roles, the default project and admin with the password it was given', async () => {
    const app = await start();
    const as = await app.login('admin', ADMIN_PASSWORD);
    const me = await app.call<User & { permissions: string[] }>('GET', '/auth/me', { as });
    expect(me.body).toMatchObject({ username: 'admin', isSuperuser: true, roles: ['admin'], permissions: PERMISSIONS });
    const roles = await app.call<Page<Role>>('GET', '/roles', { as });
    expect(roles.body.items.map(({ name, builtIn }) => [name, builtIn])).toEqual([
      ['admin', true],
      ['analyst', true],
      ['editor', true],
      ['viewer', true],
    ]);
    expect(roles.body.items[0]?.permissions).toEqual(PERMISSIONS);
    const project = await app.call<Project>('GET', '/projects/default', { as });
    expect(project.body.environments.map(({ key }) => key)).toEqual(['production', 'development']);
    expect(app.announced).toEqual([]);
  });

  it('generates a password when it was given none, and says it once', async () => {
    const app = await start(null);
    expect(app.announced).toHaveLength(1);
    const password = /password (\S+)/.exec(app.announced[0] ?? '')?.[1] ?? '';
    expect(password.length).toBeGreaterThanOrEqual(20);
    await app.login('admin', password);
    const again = await start(null);
    expect(again.announced).toEqual([]);
    await again.login('admin', password);
  });

  it('happens once when three processes start together', async () => {
    const apps = await Promise.all([start(null), start(null), start(null)]);
    expect(apps.flatMap(({ announced }) => announced)).toHaveLength(1);
    const { rows } = await apps[0].nest.get<pg.Pool>(POOL).query<Record<string, number>>(
      `select (select count(*)::int from experimentation.users) as users,
              (select count(*)::int from experimentation.roles) as roles,
              (select count(*)::int from experimentation.projects) as projects,
              (select count(*)::int from experimentation.environments) as environments,
              (select count(*)::int from experimentation.permissions) as permissions`,
    );
    expect(rows[0]).toEqual({ users: 1, roles: 4, projects: 1, environments: 2, permissions: PERMISSIONS.length });
  });
});

describe('a later start', () => {
  it('changes nothing that people have changed, and brings back what a version needs', async () => {
    const first = await start();
    const as = await first.login();
    await first.call('PATCH', '/users/admin', { as, body: { username: 'root', fullName: 'Me' } });
    await first.call('PATCH', '/projects/default', { as, body: { name: 'Mine' } });
    const pool = first.nest.get<pg.Pool>(POOL);
    await pool.query(`delete from experimentation.permissions where name = 'audit:read'`);
    await pool.query(`delete from experimentation.roles where name = 'viewer'`);

    const second = await start('quite another password');
    const token = await second.login('root', ADMIN_PASSWORD);
    const users = await second.call<Page<User>>('GET', '/users', { as: token });
    expect(users.body.items.map(({ username, fullName }) => [username, fullName])).toEqual([['root', 'Me']]);
    expect((await second.call<Project>('GET', '/projects/default', { as: token })).body.name).toBe('Mine');
    const roles = await second.call<Page<Role>>('GET', '/roles', { as: token });
    const holders = roles.body.items.filter(({ permissions }) => permissions.includes('audit:read'));
    expect(holders.map(({ name }) => name)).toEqual(['admin', 'analyst', 'editor']);
    expect(roles.body.total).toBe(4);
  });
});
