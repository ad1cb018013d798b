import { allTopics } from '@assay/contracts';
import { LogAdmin, LogModule, type KafkaSettings } from '@assay/messaging';
import { DatabaseModule, PlatformModule, StartupError } from '@assay/platform';
import { Module, type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/**
 * Creates the topics that are missing, with their partitions and their retention or compaction.
 *
 * @returns the number of topics there have to be.
 * @throws StartupError when the broker does not answer.
 */
export async function ensureTopics(databaseUrl: string, kafka: KafkaSettings, logger: LoggerService): Promise<number> {
  const root: DynamicModule = {
    module: TopicsModule,
    imports: [
      PlatformModule,
      DatabaseModule.forRoot({ url: databaseUrl, poolSize: 2, applicationName: 'assay-migrate', entities: [] }),
      LogModule.forRoot({ transport: 'kafka', kafka, source: '/assay/migrate', topics: allTopics, relay: false }),
    ],
  };
  const app = await NestFactory.createApplicationContext(root, { logger, abortOnError: false });
  try {
    await app.get(LogAdmin).ensureTopics();
    return allTopics.length;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`The topics could not be created at ${kafka.brokers.join(', ')}: ${reason}`, {
      cause: error,
    });
  } finally {
    await app.close();
  }
}

@Module({})
class TopicsModule {}
