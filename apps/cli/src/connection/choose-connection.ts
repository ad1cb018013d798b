import { CliError } from '../terminal/cli-error.js';
import type { Connection } from './api-client.js';
import type { LocalFile, LoginFile } from './credentials.js';

/** Options every command has. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly project?: string;
  readonly environment?: string;
}

export interface Known {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the standalone server whose data directory is here, if there is one. */
  readonly local: LocalFile | undefined;
  readonly login: LoginFile;
}

export const DEFAULT_URL = 'http://localhost:8080';

/**
 * Which server, and as whom. Server: `--url`, `ASSAY_URL`, the standalone server whose data lie here, the last login,
 * `http://localhost:8080`. Key: `--token`, `ASSAY_TOKEN`, `ASSAY_API_KEY`, then what is known for that server.
 */
export function chooseConnection(options: ConnectionOptions, known: Known): Connection {
  const { environment, local, login } = known;
  const url = origin(
    options.url ?? (environment['ASSAY_URL'] || undefined) ?? local?.url ?? login.current ?? DEFAULT_URL,
  );
  const given =
    options.token ?? (environment['ASSAY_TOKEN'] || undefined) ?? (environment['ASSAY_API_KEY'] || undefined);
  const kept = local !== undefined && origin(local.url) === url ? local.key : login.servers[url]?.key;
  return { url, token: given ?? kept, project: options.project, environment: options.environment };
}

/** `http://host:8080/some/path/` -> `http://host:8080`. */
export function origin(text: string): string {
  try {
    const { protocol, origin: result } = new URL(text);
    if (protocol === 'http:' || protocol === 'https:') return result;
  } catch {
    // falls through to the same complaint as another protocol
  }
  throw new CliError(`'${text}' is no address of a server; it looks like ${DEFAULT_URL}.`);
}
