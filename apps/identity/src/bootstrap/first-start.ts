import { randomBytes } from 'node:crypto';
import { PasswordHasher } from '@assay/auth';
import { BUILT_IN_ROLES, DEFAULT_PROJECT, PASSWORD_LENGTH, PERMISSIONS, SYSTEM_ACTOR } from '@assay/contracts';
import { Permission, Project, Role, User } from '@assay/models';
import { StartupError } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { v7 } from 'uuid';
import { ChangeJournal, type Note } from '../changes/change-journal.js';
import { IDENTITY_SETTINGS, type IdentitySettings } from '../identity-settings.js';
import { newProject } from '../projects/new-project.js';
import { projectView } from '../projects/project-view.js';
import { roleView } from '../roles/role-view.js';
import { userView } from '../users/user-view.js';
import { BUILT_IN_ROLE_DEFINITIONS } from './built-in-roles.js';

/** Replicas that start together take turns; the later ones find everything there. */
const START_LOCK = `select pg_advisory_xact_lock(hashtextextended('assay:identity-first-start', 0))`;

const ADMIN = { username: 'admin', email: 'admin@assay.local', fullName: 'Administrator' } as const;

/**
 * Makes what an installation cannot be without: permissions, built-in roles, the project `default`, the user `admin`. Later
 * starts only add the permissions and roles that a new version brings.
 */
@Injectable()
export class FirstStart implements OnApplicationBootstrap {
  private readonly logger = new Logger('identity');

  constructor(
    private readonly journal: ChangeJournal,
    private readonly passwords: PasswordHasher,
    @Inject(IDENTITY_SETTINGS) private readonly settings: IdentitySettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const generated = await this.journal.commit({ actor: SYSTEM_ACTOR }, async (em, note) => {
      await em.execute(START_LOCK);
      await addPermissions(em);
      await addRoles(em, note);
      await addDefaultProject(em, note);
      return this.addAdmin(em, note);
    });
    if (generated !== undefined)
      this.settings.announce?.(`The user 'admin' was made with the password ${generated} (shown only now).`);
  }

  /** The password, if it had to be generated. */
  private async addAdmin(em: EntityManager, note: Note): Promise<string | undefined> {
    if ((await em.count(User)) > 0) return undefined;
    const { adminPassword, announce } = this.settings;
    if (adminPassword === undefined && announce === undefined) {
      throw new StartupError(
        "ASSAY_ADMIN_PASSWORD is missing: the first start makes the user 'admin' with it. Set it; later starts do not need it.",
      );
    }
    const password = adminPassword ?? randomBytes(15).toString('base64url');
    if (password.length < PASSWORD_LENGTH.min) {
      this.logger.warn(
        `The password given for 'admin' is shorter than ${PASSWORD_LENGTH.min} characters: change it soon.`,
      );
    }
    const admin = em.create(User, {
      id: v7(),
      ...ADMIN,
      isSuperuser: true,
      hashedPassword: await this.passwords.hash(password),
      lastLogin: null,
      roles: await em.find(Role, { name: 'admin' }),
    });
    await em.flush();
    await note({ resource: 'user', change: 'created', id: admin.id, key: admin.username, after: userView(admin) });
    return adminPassword === undefined ? password : undefined;
  }
}

async function addPermissions(em: EntityManager): Promise<void> {
  const known = new Set((await em.find(Permission, {})).map(({ name }) => name));
  for (const name of PERMISSIONS.filter((permission) => !known.has(permission))) {
    const [resource = '', action = ''] = name.split(':');
    em.create(Permission, { id: v7(), name, resource, action });
  }
  await em.flush();
}

async function addRoles(em: EntityManager, note: Note): Promise<void> {
  const permissions = await em.find(Permission, {});
  const roles = await em.find(Role, { name: { $in: [...BUILT_IN_ROLES] } }, { populate: ['permissions'] });
  for (const name of BUILT_IN_ROLES) {
    const definition = BUILT_IN_ROLE_DEFINITIONS[name];
    const wanted = permissions.filter((permission) => definition.permissions.some((it) => it === permission.name));
    const role = roles.find((it) => it.name === name);
    if (role !== undefined) role.permissions.add(wanted);
    else {
      const made = em.create(Role, {
        id: v7(),
        name,
        description: definition.description,
        isBuiltIn: true,
        permissions: wanted,
      });
      await em.flush();
      await note({ resource: 'role', change: 'created', id: made.id, key: name, after: roleView(made) });
    }
  }
  await em.flush();
}

async function addDefaultProject(em: EntityManager, note: Note): Promise<void> {
  if ((await em.count(Project, { key: DEFAULT_PROJECT })) > 0) return;
  const project = newProject(em, { key: DEFAULT_PROJECT, name: 'Default', description: '' });
  await em.flush();
  const { id, key } = project;
  await note({ resource: 'project', change: 'created', id, key, projectId: id, after: projectView(project) });
}
