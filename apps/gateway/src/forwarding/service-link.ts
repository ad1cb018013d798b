import { AppError } from '@assay/contracts';
import CircuitBreaker from 'opossum';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type Dispatcher } from 'undici';
import { failureOf } from './failure-of.js';

export interface LinkSettings {
  /** Longest wait for the beginning of an answer. */
  readonly answerMilliseconds: number;
  /** So long a request that was never sent, or may be repeated, is tried again. */
  readonly patienceMilliseconds: number;
  /** Connections to each instance. */
  readonly connections: number;
}

export const LINK_SETTINGS: LinkSettings = {
  answerMilliseconds: 30_000,
  patienceMilliseconds: 2_500,
  connections: 64,
};

export interface Forwarded {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer | NodeJS.ReadableStream | null;
  /** May be sent twice. */
  readonly repeatable: boolean;
  /** Silence in the answer's body is normal: a stream of events. */
  readonly endless: boolean;
  /** Longest wait for the beginning of an answer, where the call has a limit of its own. */
  readonly answerMilliseconds?: number | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** An instance that failed is passed over for so long, as long as there is another. */
const AVOID_MS = 1_000;
const PAUSE_MS = 50;
/** Connecting takes a moment in one network; longer means that nobody is there. */
const CONNECT_MS = 1_000;
const BODY_SILENCE_MS = 60_000;
const BREAKER = {
  timeout: false as const,
  // Half of ten or more requests within ten seconds failed: the service is spared for a second, then one request tries.
  errorThresholdPercentage: 50,
  volumeThreshold: 10,
  rollingCountTimeout: 10_000,
  resetTimeout: 1_000,
};

interface Instance {
  readonly pool: Pool;
  /** Streams take a connection each for as long as they last: they must not take those of requests. */
  readonly streams: Pool;
  avoidUntil: number;
}

/** The way to one service: its instances with their connections, tries, and a circuit breaker. */
export class ServiceLink {
  private readonly instances: readonly Instance[];
  private readonly breaker: CircuitBreaker<[Forwarded], Dispatcher.ResponseData>;
  private turn = 0;

  constructor(
    readonly name: string,
    urls: readonly string[],
    private readonly settings: LinkSettings = LINK_SETTINGS,
  ) {
    this.instances = urls.map((url) => ({
      pool: new Pool(url, {
        connections: settings.connections,
        pipelining: 1,
        keepAliveTimeout: 4_000,
        connectTimeout: CONNECT_MS,
        headersTimeout: settings.answerMilliseconds,
        bodyTimeout: BODY_SILENCE_MS,
      }),
      streams: new Pool(url, { connections: null, connectTimeout: CONNECT_MS, bodyTimeout: 0 }),
      avoidUntil: 0,
    }));
    this.breaker = new CircuitBreaker((request: Forwarded) => this.tryInTurn(request), {
      ...BREAKER,
      name,
      // A client that goes away is no fault of the service.
      errorFilter: (error: unknown) => failureOf(error) === undefined,
    });
  }

  /** Told at once, and whenever the circuit opens or closes. */
  onChange(listener: (isOpen: boolean) => void): void {
    listener(this.breaker.opened);
    this.breaker.on('open', () => listener(true));
    this.breaker.on('close', () => listener(false));
  }

  /**
   * The answer, whatever its status, as soon as its head is there.
   *
   * @throws AppError `unavailable` when the service does not answer, or has not been answering lately.
   */
  async send(request: Forwarded): Promise<Dispatcher.ResponseData> {
    try {
      return await this.breaker.fire(request);
    } catch (error) {
      if (request.signal.aborted) throw error;
      if (failureOf(error) === undefined && !CircuitBreaker.isOurError(error as Error)) throw error;
      throw AppError.unavailable(
        `The ${this.name} service cannot be reached right now. Try again in a moment.`,
        2,
        error,
      );
    }
  }

  /** Asks an instance whether it is alive. */
  async check(): Promise<void> {
    const { pool } = this.next();
    const answer = await pool.request({ method: 'GET', path: '/health/live', headersTimeout: 2_000 });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`${this.name} answers ${answer.statusCode}`);
  }

  async close(): Promise<void> {
    this.breaker.shutdown();
    await Promise.all(this.instances.flatMap(({ pool, streams }) => [pool.destroy(), streams.destroy()]));
  }

  private async tryInTurn(request: Forwarded): Promise<Dispatcher.ResponseData> {
    const { method, path, headers, body, endless, answerMilliseconds, signal } = request;
    const end = performance.now() + this.settings.patienceMilliseconds;
    for (let tries = 1; ; tries += 1) {
      const instance = this.next();
      try {
        const options = {
          ...(endless ? { bodyTimeout: 0 } : {}),
          ...(answerMilliseconds === undefined ? {} : { headersTimeout: answerMilliseconds }),
        };
        const pool = endless ? instance.streams : instance.pool;
        return await pool.request({ method, path, headers, body: body as Buffer | null, signal, ...options });
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== undefined) instance.avoidUntil = performance.now() + AVOID_MS;
        // A body that is a stream is used up by the first try.
        const canRepeat = body === null || Buffer.isBuffer(body);
        const mayRepeat = failure === 'unsent' || (failure === 'broken' && request.repeatable);
        if (!canRepeat || !mayRepeat || performance.now() >= end) throw error;
        if (tries >= this.instances.length) await sleep(PAUSE_MS, undefined, { signal });
      }
    }
  }

  /** Instances take turns; one that failed just now only when there is no other. */
  private next(): Instance {
    const now = performance.now();
    for (let passed = 0; passed < this.instances.length; passed += 1) {
      const instance = this.at(this.turn);
      this.turn += 1;
      if (instance.avoidUntil <= now) return instance;
    }
    this.turn += 1;
    return this.at(this.turn);
  }

  private at(turn: number): Instance {
    const instance = this.instances[turn % this.instances.length];
    if (instance === undefined) throw new Error(`${this.name} has no address`);
    return instance;
  }
}
