import { allTopics } from '@assay/contracts';
import { LogAdmin, LogModule, type KafkaSettings } from '@assay/messaging';
import { DatabaseModule, PlatformModule, POOL, StartupError } from '@assay/platform';
import { Module, type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type pg from 'pg';

/** Where the log and the database are, and who is told what happens. */
export interface LogPlace {
  readonly databaseUrl: string;
  readonly kafka: KafkaSettings;
  readonly logger: LoggerService;
}

/**
 * Does a piece of work with the log, which is closed afterwards.
 *
 * @param what failed, when it fails: `The topics could not be created`
 * @throws StartupError with one line for the operator.
 */
export async function withLog<T>(
  { databaseUrl, kafka, logger }: LogPlace,
  what: string,
  work: (log: LogAdmin, pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const root: DynamicModule = {
    module: JobModule,
    imports: [
      PlatformModule,
      DatabaseModule.forRoot({ url: databaseUrl, poolSize: 2, applicationName: 'assay-migrate', entities: [] }),
      LogModule.forRoot({ transport: 'kafka', kafka, source: '/assay/migrate', topics: allTopics, relay: false }),
    ],
  };
  const app = await NestFactory.createApplicationContext(root, { logger, abortOnError: false });
  try {
    return await work(app.get(LogAdmin), app.get<pg.Pool>(POOL));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`${what} (Kafka at ${kafka.brokers.join(', ')}): ${reason}`, { cause: error });
  } finally {
    await app.close();
  }
}

@Module({})
class JobModule {}
