import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pacedLatencies, type PacedLoad } from './paced-load.js';

/** Between processes the bytes of a request pass as text. */
type Message = Omit<PacedLoad, 'request'> & { readonly request: string };

/** The paced load in a process that does nothing else: what the full load before it left behind is not collected in its time. */
export class PacedClient {
  private constructor(private readonly child: ChildProcess) {}

  static start(): PacedClient {
    return new PacedClient(fork(fileURLToPath(import.meta.url), ['paced-client']));
  }

  /** @returns the 99th percentile of the milliseconds from when a request was due */
  async p99(load: PacedLoad): Promise<number> {
    const ended = new AbortController();
    const onExit = (code: number | null): void => ended.abort(new Error(`the paced load ended with ${code}`));
    this.child.once('exit', onExit);
    this.child.send({ ...load, request: load.request.toString('latin1') } satisfies Message);
    const [p99] = (await once(this.child, 'message', { signal: ended.signal })) as [number];
    this.child.off('exit', onExit);
    return p99;
  }

  stop(): void {
    this.child.kill();
  }
}

if (process.argv[2] === 'paced-client') {
  process.on('message', (message: Message) => {
    void pacedLatencies({ ...message, request: Buffer.from(message.request, 'latin1') }).then((latencies) =>
      process.send?.(latencies[Math.floor(latencies.length * 0.99)]),
    );
  });
}
