import type { Problem } from '@assay/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../terminal/cli-error.js';
import { errorCode } from '../terminal/error-code.js';
import { isTemporary, pauseBefore, type Attempt } from './retry.js';

export interface Connection {
  /** Origin of the server, without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly project?: string | undefined;
  readonly environment?: string | undefined;
}

export interface CallOptions {
  readonly query?: Record<string, string | undefined>;
  /** A value to be sent as JSON, or JSON text. */
  readonly body?: unknown;
  /** Milliseconds during which a server that is away or busy is asked again; 0 (the default) asks once. */
  readonly patience?: number;
  /** Told once when the first attempt has failed for the moment. */
  readonly onWaiting?: (reason: string) => void;
}

/** An answer that is no success, as the server explained it. */
export class ApiError extends CliError {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Calls of the public interface. */
export class ApiClient {
  constructor(private readonly connection: Connection) {}

  get url(): string {
    return this.connection.url;
  }

  get<T>(path: string, options: Omit<CallOptions, 'body'> = {}): Promise<T> {
    return this.call<T>('GET', path, options);
  }

  post<T>(path: string, body: unknown, options: Omit<CallOptions, 'body'> = {}): Promise<T> {
    return this.call<T>('POST', path, { ...options, body });
  }

  /** @throws ApiError for an answer that is no success; CliError when no server answers. */
  private async call<T>(method: string, path: string, options: CallOptions): Promise<T> {
    const { patience = 0, onWaiting } = options;
    const end = Date.now() + patience;
    for (let failures = 1; ; failures += 1) {
      const outcome = await this.attempt(method, path, options);
      if (outcome.ok) return outcome.value as T;
      const pause = pauseBefore(failures, outcome.attempt, Math.random());
      if (!isTemporary(outcome.attempt) || Date.now() + pause > end) throw outcome.error;
      if (failures === 1) onWaiting?.(outcome.error.message);
      await sleep(pause);
    }
  }

  private async attempt(method: string, path: string, { query = {}, body }: CallOptions): Promise<Outcome> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.address(path, query), this.request(method, body));
      text = await response.text();
    } catch (error) {
      return {
        ok: false,
        attempt: { status: undefined, retryAfter: undefined },
        error: notReached(this.connection.url, error),
      };
    }
    if (response.ok) return { ok: true, value: text === '' ? undefined : JSON.parse(text) };
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    const attempt = { status: response.status, retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined };
    return { ok: false, attempt, error: explain(response.status, text, this.connection) };
  }

  private address(path: string, query: Record<string, string | undefined>): URL {
    const address = new URL(path, this.connection.url);
    const { project, environment } = this.connection;
    for (const [name, value] of Object.entries({ project, environment, ...query })) {
      if (value !== undefined) address.searchParams.set(name, value);
    }
    return address;
  }

  private request(method: string, body: unknown): RequestInit {
    const { token } = this.connection;
    return {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
  }
}

type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly attempt: Attempt; readonly error: CliError };

function notReached(url: string, error: unknown): CliError {
  const code = errorCode(error) || String(error);
  if (code === 'ECONNREFUSED') {
    return new CliError(
      `No Assay answers at ${url}. Start one with 'npm start', or name another with --url or ASSAY_URL.`,
    );
  }
  return new CliError(`The connection to ${url} failed (${code}).`);
}

/** The server's own words; for a missing or wrong key, what to do about it. */
export function explain(status: number, text: string, connection: Pick<Connection, 'url' | 'token'>): ApiError {
  const problem = parseProblem(text);
  const code = problem?.code ?? `http_${status}`;
  if (status === 401) {
    const what = connection.token === undefined ? 'wants to know who you are' : 'does not accept the key or token';
    return new ApiError(status, code, `${connection.url} ${what}. Log in with 'assay login', or set ASSAY_API_KEY.`);
  }
  const errors = problem?.errors ?? [];
  const details = errors.length > 1 ? errors.map(({ path, message }) => `\n  - ${path}: ${message}`).join('') : '';
  return new ApiError(status, code, `${problem?.detail ?? `The server answered ${status}.`}${details}`);
}

function parseProblem(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
      ? (value as Problem)
      : undefined;
  } catch {
    return undefined;
  }
}
