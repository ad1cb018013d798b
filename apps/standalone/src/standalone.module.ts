import { AnalysisModule } from '@assay/analysis';
import { AssignmentModule } from '@assay/assignment';
import { AuthModule, type JwtKey } from '@assay/auth';
import { allTopics } from '@assay/contracts';
import { ExperimentsModule } from '@assay/experiments';
import { FlagsModule } from '@assay/flags';
import { GatewayModule } from '@assay/gateway';
import { IdentityModule, type IdentitySettings } from '@assay/identity';
import { IngestionModule } from '@assay/ingestion';
import { LogModule } from '@assay/messaging';
import { allEntities } from '@assay/models';
import { DatabaseModule, IdempotencyModule, PlatformModule } from '@assay/platform';
import { Module, type DynamicModule } from '@nestjs/common';

export interface StandaloneSettings {
  readonly databaseUrl: string;
  readonly jwtKeys: readonly [JwtKey, ...JwtKey[]];
  readonly identity: IdentitySettings;
}

/** Connections of each of the two pools (entity manager, hot paths); the embedded server allows 100. */
const POOL_SIZE = 20;

/** Every service in one process, on one database and the log in that database. */
@Module({})
export class StandaloneModule {
  static forRoot({ databaseUrl, jwtKeys, identity }: StandaloneSettings): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        PlatformModule,
        DatabaseModule.forRoot({
          url: databaseUrl,
          poolSize: POOL_SIZE,
          applicationName: 'assay',
          entities: allEntities,
        }),
        LogModule.forRoot({ transport: 'postgres', source: '/assay/standalone', topics: allTopics }),
        AuthModule.forRoot({ jwt: { keys: jwtKeys } }),
        IdempotencyModule,
        GatewayModule,
        IdentityModule.forRoot(identity),
        ExperimentsModule,
        FlagsModule,
        AssignmentModule,
        IngestionModule,
        AnalysisModule,
      ],
    };
  }
}
