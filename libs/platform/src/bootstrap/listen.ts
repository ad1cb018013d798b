import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer } from 'node:net';
import { StartupError, systemCode } from './startup-error.js';

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/**
 * Starts to listen.
 *
 * @returns the address for people, e.g. `http://localhost:8080`.
 * @throws StartupError when the port cannot be had.
 */
export async function listen(app: NestFastifyApplication, address: ListenAddress): Promise<string> {
  try {
    await app.listen({ port: address.port, host: address.host });
  } catch (error) {
    throw asStartupError(error, address);
  }
  const bound: unknown = app.getHttpServer().address();
  const port = typeof bound === 'object' && bound !== null && 'port' in bound ? Number(bound.port) : address.port;
  return `http://${hostForPeople(address.host)}:${port}`;
}

/** Fails early, before anything has been started, when the port is taken. */
export async function checkPort(address: ListenAddress): Promise<void> {
  if (address.port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      reject(asStartupError(error, address));
    });
    probe.listen(address.port, address.host, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}

function asStartupError(error: unknown, { host, port }: ListenAddress): Error {
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} on ${host} is in use by another program. Stop it, or set PORT to another one.`,
      );
    case 'EACCES':
      return new StartupError(`This user may not listen on port ${port}. Set PORT to one above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartupError(
        `There is no address '${host}' on this machine. Set HOST to one of its own, or to 0.0.0.0 for all.`,
      );
    default:
      return error instanceof Error ? error : new Error(`listening failed: ${String(error)}`);
  }
}

function hostForPeople(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
