import { AuthModule, jwtSecret } from '@assay/auth';
import { allTopics } from '@assay/contracts';
import { LogModule } from '@assay/messaging';
import { allEntities } from '@assay/models';
import { DatabaseModule, IdempotencyModule, PlatformModule } from '@assay/platform';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { DirectoryRefresh } from './directory-refresh.js';
import type { ServiceConfig } from './service-config.js';

export interface ServiceRoot {
  readonly name: string;
  /** Connections of each of the two pools (entity manager, hot paths). */
  readonly poolSize: number;
  readonly config: ServiceConfig;
  readonly module: Type | DynamicModule;
}

/** The graph of a process that runs one service: what every service stands on, and the service. */
@Module({})
export class ServiceRootModule {
  static forRoot({ name, poolSize, config, module }: ServiceRoot): DynamicModule {
    const [current, ...previous] = config.jwtSecrets;
    return {
      module: ServiceRootModule,
      imports: [
        PlatformModule,
        DatabaseModule.forRoot({
          url: config.databaseUrl,
          poolSize,
          applicationName: `assay-${name}`,
          entities: allEntities,
        }),
        LogModule.forRoot({ transport: 'kafka', kafka: config.kafka, source: `/assay/${name}`, topics: allTopics }),
        AuthModule.forRoot({ jwt: { keys: [jwtSecret(current), ...previous.map((secret) => jwtSecret(secret))] } }),
        IdempotencyModule,
        module,
      ],
      providers: [DirectoryRefresh],
    };
  }
}
