import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { timed } from '../report.js';

const MAIN = fileURLToPath(new URL('../../../../apps/standalone/dist/main.js', import.meta.url));
/** What `npm start` gives its node; the launcher itself is left out, so that the process measured is the server. */
const PLACES = new URL('../../../run/places.mjs', import.meta.url).href;
export const PASSWORD = 'bench-password-1';

interface Places {
  readonly serverFlags: readonly string[];
  readonly processEnvironment: Readonly<Record<string, string>>;
}

export interface ServerOptions {
  readonly port: number;
  readonly dataDir: string;
  /** Another server than the embedded one. */
  readonly databaseUrl?: string;
}

/** `npm start` as a child process, measured from the outside. */
export class AssayServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** From the start of the process to the line that says it is ready. */
    readonly readyAfter: number,
  ) {}

  static async start({ port, dataDir, databaseUrl }: ServerOptions): Promise<AssayServer> {
    const { serverFlags, processEnvironment } = (await import(PLACES)) as Places;
    const child = spawn(process.execPath, [...serverFlags, MAIN], {
      env: {
        ...processEnvironment,
        ...process.env,
        PORT: String(port),
        ASSAY_DATA_DIR: dataDir,
        ASSAY_ADMIN_PASSWORD: PASSWORD,
        LOG_LEVEL: 'warn',
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [, readyAfter] = await timed(() => untilReady(child));
    return new AssayServer(child, `http://127.0.0.1:${port}`, readyAfter);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resident memory of the Node process in MB (Linux). */
  memory(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1_024;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Assay ended with ${code} before it was ready`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready at')) resolve();
      else process.stdout.write(chunk);
    });
  });
}
