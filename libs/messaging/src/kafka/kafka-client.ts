import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@assay/contracts';
import { Logger } from '@nestjs/common';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { KafkaSettings } from '../log/log-options.js';
import { failureKind } from '../consumer/failure-policy.js';
import { quietConnections } from './quiet-connections.js';
import { within } from './within.js';

const ADMIN_TIMEOUT_MS = 5_000;
const ADMIN_TRIES = 4;

/** A few quick tries: longer waits are the business of those who call, who also say so once in the log. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 };

/**
 * kafkajs with our settings. What it logs goes to `debug`: it calls much an error that the next try mends, such as a
 * coordinator that is still loading, and real outages are told by whoever suffers them.
 */
export function kafkaClient(settings: KafkaSettings, socket?: () => Socket): Kafka {
  quietConnections();
  const logger = new Logger('kafka');
  return new Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    connectionTimeout: 2_000,
    authenticationTimeout: 5_000,
    requestTimeout: 5_000,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => logger.debug({ namespace: entry.namespace, ...entry.log }),
    ...settings.security,
    ...(socket === undefined
      ? {}
      : { socketFactory: ({ host, port, onConnect }) => socket().connect(port, host, onConnect).setNoDelay(true) }),
  });
}

/** kafkajs gives up on a broker that refuses connections with errors of these names. */
export function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^KafkaJS(NumberOfRetriesExceeded|Connection|RequestTimeout|Timeout|LockTimeout|BrokerNotFound|NoBroker)/.test(
      error.name,
    )
  );
}

const outOfReach = (error: unknown): AppError =>
  AppError.unavailable('The broker cannot be reached right now. Try again in a moment.', 2, error);

/** One admin connection of a process, made when it is needed and made anew after a failure. */
export class KafkaAdmin {
  private connecting: Promise<Admin> | undefined;

  constructor(private readonly kafka: Kafka) {}

  /** Runs a request, again on a fresh connection when the metadata it used was out of date. */
  async run<T>(what: string, act: (admin: Admin) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await within(ADMIN_TIMEOUT_MS, what, this.connected().then(act));
      } catch (error) {
        await this.close();
        const passing =
          error instanceof Error && error.name === 'KafkaJSProtocolError' && failureKind(error) === 'outage';
        if (!passing || tries === ADMIN_TRIES) throw isConnectionError(error) ? outOfReach(error) : error;
        await sleep(tries * 100);
      }
    }
  }

  async close(): Promise<void> {
    const connecting = this.connecting;
    this.connecting = undefined;
    await within(1_000, 'leaving', Promise.resolve(connecting?.then((admin) => admin.disconnect()))).catch(
      () => undefined,
    );
  }

  private connected(): Promise<Admin> {
    this.connecting ??= (async () => {
      const admin = this.kafka.admin({ retry: RETRY });
      await admin.connect();
      return admin;
    })();
    return this.connecting;
  }
}
