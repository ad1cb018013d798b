import { AppError, STATUS_OF_KIND, toProblem } from '@assay/contracts';
import { newTraceId, StartupError, systemCode, type ListenAddress } from '@assay/platform';
import type { LoggerService } from '@nestjs/common';
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EVERY_MS = 500;

/** What has to be there before a process can start: resolves when it is, else rejects with the reason. */
export interface Precondition {
  readonly name: string;
  readonly check: () => Promise<unknown>;
}

/**
 * Waits until everything a process cannot start without is there. Meanwhile the process is alive and not ready: probes get
 * their answers, everything else a 503. Ends at once when it is there already.
 *
 * @throws the reason of `asked` as soon as that is aborted.
 */
export async function waitUntilThere(
  preconditions: readonly Precondition[],
  address: ListenAddress,
  logger: LoggerService,
  asked: AbortSignal,
): Promise<void> {
  let absent = await unlessAborted(asked, absentOf(preconditions));
  if (absent.size === 0) return;
  const server = await openWaitingRoom(address, () => absent);
  let told = '';
  try {
    while (absent.size > 0) {
      const [reason = ''] = absent.values();
      if (reason !== told)
        logger.warn({ absent: Object.fromEntries(absent) }, 'waiting for what the service needs', 'start');
      told = reason;
      await sleep(ASK_EVERY_MS, undefined, { signal: asked });
      absent = await unlessAborted(asked, absentOf(preconditions));
    }
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

/** A connection that is being tried may take seconds: nobody who is asked to end waits for its answer. */
function unlessAborted<T>(asked: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(asked.reason as Error);
    if (asked.aborted) abort();
    asked.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => asked.removeEventListener('abort', abort));
  });
}

async function absentOf(preconditions: readonly Precondition[]): Promise<ReadonlyMap<string, string>> {
  const absent = new Map<string, string>();
  for (const { name, check } of preconditions) {
    try {
      await check();
    } catch (error) {
      if (error instanceof StartupError) throw error;
      absent.set(name, reasonOf(error));
    }
  }
  return absent;
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error && error.message) || systemCode(error) || String(error);

function openWaitingRoom(address: ListenAddress, absent: () => ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer((request, reply) => {
    const { pathname } = new URL(request.url ?? '/', 'http://here');
    if (pathname === '/health/live') return reply.end(JSON.stringify({ status: 'live' }));
    reply.statusCode = STATUS_OF_KIND.unavailable;
    if (pathname === '/health/ready') {
      const checks = [...absent()].map(([name, message]) => [name, { status: 'down', milliseconds: 0, message }]);
      return reply.end(JSON.stringify({ status: 'unavailable', checks: Object.fromEntries(checks) as unknown }));
    }
    const error = AppError.unavailable('The service is starting. Try again in a moment.', 2);
    reply.setHeader('content-type', 'application/problem+json').setHeader('retry-after', '2');
    return reply.end(JSON.stringify(toProblem(error, newTraceId())));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      resolve(server);
    });
  });
}
