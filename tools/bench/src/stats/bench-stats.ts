import { EmbeddedPostgres } from '@assay/platform';
import pg from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../loop/api-client.js';
import { AssayServer, PASSWORD } from '../loop/assay-server.js';
import { printTable, type Measured } from '../report.js';
import { benchComparisons } from './bench-comparisons.js';
import { benchInteractions } from './bench-interactions.js';
import { benchResults } from './bench-results.js';

/** What a part measures with: the running server, its database, and how to start the server again with empty memory. */
export interface StatsBench {
  readonly pool: pg.Pool;
  readonly scale: number;
  readonly say: (line: string) => void;
  readonly client: () => ApiClient;
  readonly restart: () => Promise<void>;
}

const PORT = 18_090;

/**
 * The statistics: two-arm comparisons of the library, results of a large experiment over HTTP, the scan for interactions.
 * `--quick` takes a tenth of the units and events; `comparisons`, `results` or `interactions` runs that part alone.
 */
export async function benchStats(options: readonly string[]): Promise<void> {
  const parts = options.filter((option) => !option.startsWith('--'));
  const asked = (part: string): boolean => parts.length === 0 || parts.includes(part);
  const rows: Measured[] = [];
  if (asked('comparisons')) rows.push(...benchComparisons());
  if (asked('results') || asked('interactions')) {
    await withServer(options.includes('--quick') ? 0.1 : 1, async (bench) => {
      if (asked('results')) rows.push(...(await benchResults(bench)));
      if (asked('interactions')) rows.push(...(await benchInteractions(bench)));
    });
  }
  printTable('The statistics, on this machine, in this run', rows);
}

async function withServer(scale: number, run: (bench: StatsBench) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const say = (line: string): void => console.log(`  ${line}`);
  const postgres = await EmbeddedPostgres.start({ dataDir: join(folder, 'stats'), say, warn: say });
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  const dataDir = join(folder, 'keys');
  let server: AssayServer | undefined;
  let client: ApiClient | undefined;
  const restart = async (): Promise<void> => {
    await server?.stop();
    server = await AssayServer.start({ port: PORT, dataDir, databaseUrl: postgres.url });
    client = new ApiClient(server.url);
    await client.login('admin', PASSWORD);
  };
  try {
    await restart();
    const present = (): ApiClient => {
      if (client === undefined) throw new Error('the server is not running');
      return client;
    };
    await run({ pool, scale, say, restart, client: present });
  } finally {
    await server?.stop();
    await pool.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
