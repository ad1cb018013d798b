import { Module, type DynamicModule } from '@nestjs/common';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { KeyUseJob } from './api-keys/key-use.job.js';
import { AuditConsumer } from './audit/audit.consumer.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditReadModel } from './audit/audit.read-model.js';
import { AuthController } from './auth/auth.controller.js';
import { LoginThrottle } from './auth/login-throttle.js';
import { ProfileService } from './auth/profile.service.js';
import { SessionsService } from './auth/sessions.service.js';
import { FirstStart } from './bootstrap/first-start.js';
import { ChangeJournal } from './changes/change-journal.js';
import { IDENTITY_SETTINGS, type IdentitySettings } from './identity-settings.js';
import { PermissionsController } from './permissions/permissions.controller.js';
import { PermissionsReadModel } from './permissions/permissions.read-model.js';
import { EnvironmentsController } from './projects/environments.controller.js';
import { EnvironmentsService } from './projects/environments.service.js';
import { ProjectsController } from './projects/projects.controller.js';
import { ProjectsService } from './projects/projects.service.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesService } from './roles/roles.service.js';
import { UsersController } from './users/users.controller.js';
import { UsersService } from './users/users.service.js';

/** Users, roles, projects, keys, sessions and the audit. Needs the global modules platform, database, log and auth. */
@Module({})
export class IdentityModule {
  static forRoot(settings: IdentitySettings = {}): DynamicModule {
    return {
      module: IdentityModule,
      controllers: [
        AuthController,
        UsersController,
        RolesController,
        PermissionsController,
        ProjectsController,
        EnvironmentsController,
        ApiKeysController,
        AuditController,
        AuditConsumer,
      ],
      providers: [
        { provide: IDENTITY_SETTINGS, useValue: settings },
        ChangeJournal,
        FirstStart,
        LoginThrottle,
        SessionsService,
        ProfileService,
        UsersService,
        RolesService,
        PermissionsReadModel,
        ProjectsService,
        EnvironmentsService,
        ApiKeysService,
        KeyUseJob,
        AuditReadModel,
      ],
    };
  }
}
