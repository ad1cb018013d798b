import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AUTH_SETTINGS, type AuthSettings } from './auth-settings.js';
import { Directory } from './directory/directory.js';
import { DirectoryRepository } from './directory/directory.repository.js';
import { KeyUse } from './directory/key-use.js';
import { AccessGuard } from './guard/access.guard.js';
import { Authenticator } from './guard/authenticator.js';
import { KeyAccess } from './guard/key-access.js';
import { ScopeResolver } from './guard/scope-resolver.js';
import { AccessTokens } from './jwt/access-tokens.js';
import { strategyName } from './jwt/jwt-settings.js';
import { CLAIMS_PROPERTY, JwtGuard } from './jwt/jwt.guard.js';
import { JwtStrategy } from './jwt/jwt.strategy.js';
import { PasswordHasher } from './password/password-hasher.js';

/** Global: guards every HTTP handler of the process, and offers tokens, passwords and the directory to identity. */
@Module({})
export class AuthModule {
  static forRoot(settings: AuthSettings): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      imports: [PassportModule.register({ defaultStrategy: strategyName(settings.jwt), property: CLAIMS_PROPERTY })],
      providers: [
        { provide: AUTH_SETTINGS, useValue: settings },
        { provide: APP_GUARD, useClass: AccessGuard },
        DirectoryRepository,
        Directory,
        KeyUse,
        JwtStrategy,
        JwtGuard,
        Authenticator,
        KeyAccess,
        ScopeResolver,
        AccessTokens,
        PasswordHasher,
      ],
      exports: [AUTH_SETTINGS, Directory, KeyAccess, KeyUse, AccessTokens, PasswordHasher],
    };
  }
}
