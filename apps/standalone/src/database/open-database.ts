import { EmbeddedPostgres } from '@assay/platform';
import type { StandaloneConfig } from '../standalone.config.js';
import { checkServer } from './check-server.js';

/** The database of the process: the server it was pointed at, or one of its own that it has to stop. */
export interface OpenDatabase {
  readonly url: string;
  readonly isEmbedded: boolean;
  readonly stop: () => Promise<void>;
}

export interface Voice {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

export async function openDatabase(
  config: Pick<StandaloneConfig, 'databaseUrl' | 'dataDir'>,
  voice: Voice,
): Promise<OpenDatabase> {
  if (config.databaseUrl !== undefined) {
    await checkServer(config.databaseUrl);
    return { url: config.databaseUrl, isEmbedded: false, stop: () => Promise.resolve() };
  }
  const postgres = await EmbeddedPostgres.start({ dataDir: config.dataDir, ...voice });
  return { url: postgres.url, isEmbedded: true, stop: () => postgres.stop() };
}
