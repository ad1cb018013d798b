import { AnalysisModule } from '@assay/analysis';
import { AssignmentModule } from '@assay/assignment';
import { AuthModule, type JwtKey } from '@assay/auth';
import { allTopics } from '@assay/contracts';
import { ExperimentsModule } from '@assay/experiments';
import { FlagsModule } from '@assay/flags';
import { GatewayModule } from '@assay/gateway';
import { IdentityModule, type IdentitySettings } from '@assay/identity';
import { IngestionModule } from '@assay/ingestion';
import { LogModule, type KafkaSettings } from '@assay/messaging';
import { allEntities } from '@assay/models';
import { DatabaseModule, IdempotencyModule, PlatformModule } from '@assay/platform';
import { DirectoryRefresh } from '@assay/service';
import { Module, type DynamicModule } from '@nestjs/common';

export interface StandaloneSettings {
  readonly databaseUrl: string;
  /** The log's broker; without it the log is in the database. */
  readonly kafka: KafkaSettings | undefined;
  readonly jwtKeys: readonly [JwtKey, ...JwtKey[]];
  readonly identity: IdentitySettings;
}

/** Connections of each of the two pools (entity manager, hot paths); the embedded server allows 100. */
const POOL_SIZE = 20;

/** Every service in one process, on one database and one log. */
@Module({})
export class StandaloneModule {
  static forRoot({ databaseUrl, kafka, jwtKeys, identity }: StandaloneSettings): DynamicModule {
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
        LogModule.forRoot({
          ...(kafka === undefined ? { transport: 'postgres' } : { transport: 'kafka', kafka }),
          source: '/assay/standalone',
          topics: allTopics,
        }),
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
      providers: [DirectoryRefresh],
    };
  }
}
