// Assay as it runs in a cluster, on this machine: PostgreSQL, Kafka, the migration job, and each service as its own process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { KafkaCluster } from '../../kafka/src/cluster.mjs';
import { missing } from '../../kafka/src/jars.mjs';
import { mainOf, node, serviceFlags } from '../../run/places.mjs';
import { Child } from './child.mjs';
import { startGuard } from './guard.mjs';
import { endLeftOver, rememberProcesses } from './left-over.mjs';
import { DATABASE_SERVICES, secretsOf } from './secrets.mjs';

/** Where each listens unless the port is taken, or a free one is asked for. */
const PORTS = {
  identity: 8081,
  experiments: 8082,
  flags: 8083,
  assignment: 8084,
  ingestion: 8085,
  analysis: 8086,
};

/** Something the operator can mend, in one line. */
export class ClusterError extends Error {}

/** How long the start of all services may take: altogether, and for each of them. */
const READY_MS = 60_000;
const READY_EACH_MS = 15_000;

export class Cluster {
  /** @type {Map<string, Child>} by name: the service, or the service and a number for further replicas */
  children = new Map();
  #postgres;
  #broker;
  #guard;
  #stopping = false;

  /**
   * @param {object} options
   * @param {string} options.dataDir
   * @param {import('./log-lines.mjs').LogLines} options.log
   * @param {number} [options.port] of the gateway; 0: free ones for all
   * @param {string} [options.host] of the gateway
   * @param {Record<string, number>} [options.replicas] how many of a service, 1 unless said otherwise
   * @param {Record<string, string>} [options.environment] for every service
   * @param {string} [options.databaseUrl] a PostgreSQL of one's own: the owner's login
   * @param {string} [options.brokers] a Kafka of one's own
   * @param {(name: string) => void} [options.onReady] told of each process that is ready during the start
   */
  constructor(options) {
    this.options = {
      port: 8080,
      host: '127.0.0.1',
      replicas: {},
      environment: {},
      onReady: () => undefined,
      ...options,
    };
    this.dataDir = resolve(options.dataDir);
    this.log = options.log;
  }

  get url() {
    return `http://${this.options.host === '0.0.0.0' ? 'localhost' : this.options.host}:${this.gatewayPort}`;
  }

  /** The login of the owner. */
  get databaseUrl() {
    return this.options.databaseUrl ?? this.#postgres.url;
  }

  get brokers() {
    return this.options.brokers ?? this.#broker.brokers;
  }

  /** The broker that was started for this cluster, if one was. */
  get ownBroker() {
    return this.#broker;
  }

  /** The PostgreSQL that was started for this cluster, if one was. */
  get ownPostgres() {
    return this.#postgres;
  }

  /** Starts everything and resolves when every process is ready. */
  async start() {
    mkdirSync(this.dataDir, { recursive: true, mode: 0o711 });
    await endLeftOver(this.dataDir);
    this.#guard = startGuard(this.dataDir);
    this.secrets = secretsOf(this.dataDir);
    await Promise.all([this.#startPostgres(), this.#startBroker()]);
    await this.#migrate();
    await this.#plan();
    for (const child of this.children.values()) child.start();
    await this.#untilReady();
  }

  /** Requests first, then who handles records, the broker, the database last. */
  async stop() {
    this.#stopping = true;
    const children = [...this.children.values()];
    await Promise.all(children.filter(({ app }) => app === 'gateway').map((child) => child.stop()));
    await Promise.all(children.map((child) => child.stop()));
    await this.#broker?.stop();
    if (this.#broker !== undefined) this.log.say('kafka', 'stopped');
    await this.#postgres?.stop();
    if (this.#postgres !== undefined) this.log.say('postgres', 'stopped');
    this.#guard?.release();
  }

  /** Starts a process again whenever it ends without having been asked to. */
  supervise() {
    for (const child of this.children.values()) void this.#keepAlive(child);
    if (this.#broker !== undefined) void this.#keepBrokerAlive();
  }

  /** A process by its name, e.g. `analysis` or `analysis-2`. */
  child(name) {
    const child = this.children.get(name);
    if (child === undefined) throw new Error(`there is no process ${name}`);
    return child;
  }

  /** Leaves an administrator's key where the `assay` command finds it. */
  async leaveKey() {
    const file = join(this.dataDir, 'cli-credentials.json');
    const login = await this.#post('/api/v1/auth/login', { username: 'admin', password: this.secrets.adminPassword });
    if (login.status !== 200) return existsSync(file) ? file : undefined;
    const body = { name: `assay command ${new Date().toISOString()}`, kind: 'personal' };
    const made = await this.#post('/api/v1/api-keys', body, login.body.accessToken);
    if (made.status !== 201) throw new ClusterError(`No api key could be made: ${JSON.stringify(made.body)}`);
    writeFileSync(file, JSON.stringify({ url: this.url, key: made.body.key }, null, 2), { mode: 0o600 });
    this.key = made.body.key;
    return file;
  }

  async #post(path, body, token) {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  async #startPostgres() {
    if (this.options.databaseUrl !== undefined) return;
    const { EmbeddedPostgres } = await import('@assay/platform');
    const say = (line) => this.log.say('postgres', line);
    this.#postgres = await EmbeddedPostgres.start({ dataDir: this.dataDir, say, warn: say });
    say(`listening (process ${this.#postgres.pid})`);
    this.options.onReady('postgres');
  }

  async #startBroker() {
    if (this.options.brokers !== undefined) return;
    const reason = missing();
    if (reason !== undefined) throw new ClusterError(`Kafka cannot run here: ${reason}. Or set KAFKA_BROKERS.`);
    this.#broker = new KafkaCluster({ data: join(this.dataDir, 'kafka'), onStart: () => this.#remember() });
    await this.#broker.start();
    this.log.say('kafka', `listening at ${this.#broker.brokers} (process ${this.#broker.pids.join(', ')})`);
    this.options.onReady('kafka');
  }

  async #migrate() {
    const passwords = Object.entries(this.secrets.databasePasswords).map(([service, password]) => [
      `ASSAY_DB_PASSWORD_${service.toUpperCase()}`,
      password,
    ]);
    const prefix = process.env.ASSAY_DB_ROLE_PREFIX;
    const roles = prefix ? { ASSAY_DB_ROLE_PREFIX: prefix } : {};
    const environment = {
      ...this.#kafka(),
      ...roles,
      DATABASE_URL: this.databaseUrl,
      ...Object.fromEntries(passwords),
    };
    const job = spawn(node, [...serviceFlags, mainOf('migrate')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    });
    this.log.follow('migrate', job.stdout);
    this.log.follow('migrate', job.stderr);
    const [code] = await once(job, 'exit');
    if (code !== 0) throw new ClusterError('The migration job failed.');
  }

  /** All start at the same time, on maybe two cores: the more there are, the longer each takes. */
  #untilReady() {
    const withinMs = READY_MS + this.children.size * READY_EACH_MS;
    return Promise.all(
      [...this.children.values()].map(async (child) => {
        await child.ready(withinMs);
        this.options.onReady(child.name);
      }),
    );
  }

  #kafka() {
    const given = Object.entries(process.env).filter(([name]) => name.startsWith('KAFKA_'));
    return { ...Object.fromEntries(given), KAFKA_BROKERS: this.brokers };
  }

  async #plan() {
    const { port, host, replicas, environment } = this.options;
    const urls = {};
    for (const service of DATABASE_SERVICES) {
      for (let index = 1; index <= (replicas[service] ?? 1); index += 1) {
        const own = await choosePort(port === 0 || index > 1 ? 0 : PORTS[service]);
        const name = index === 1 ? service : `${service}-${index}`;
        (urls[service] ??= []).push(`http://127.0.0.1:${own}`);
        this.#add(name, service, {
          ...this.#environmentOf(service),
          ...environment,
          PORT: String(own),
          HOST: '127.0.0.1',
        });
      }
    }
    const addresses = Object.entries(urls).map(([service, all]) => [
      `ASSAY_${service.toUpperCase()}_URL`,
      all.join(','),
    ]);
    for (let index = 1; index <= (replicas.gateway ?? 1); index += 1) {
      const own = port === 0 || index > 1 ? await choosePort(0) : port;
      if (index === 1) this.gatewayPort = own;
      const name = index === 1 ? 'gateway' : `gateway-${index}`;
      this.#add(name, 'gateway', { ...environment, ...Object.fromEntries(addresses), PORT: String(own), HOST: host });
    }
  }

  #add(name, app, environment) {
    this.children.set(name, new Child({ name, app, environment, log: this.log, onStart: () => this.#remember() }));
  }

  #environmentOf(service) {
    const url = new URL(this.databaseUrl);
    url.username = `${process.env.ASSAY_DB_ROLE_PREFIX || 'assay_'}${service}`;
    url.password = this.secrets.databasePasswords[service];
    const admin = service === 'identity' ? { ASSAY_ADMIN_PASSWORD: this.secrets.adminPassword } : {};
    return { ...this.#kafka(), DATABASE_URL: url.href, ASSAY_JWT_SECRET: this.secrets.jwtSecret, ...admin };
  }

  async #keepAlive(child) {
    for (;;) {
      const how = await child.exited;
      if (this.#stopping || child.wasAsked) return;
      this.log.say(child.name, `ended unexpectedly (${how}); it is started again`);
      await new Promise((again) => setTimeout(again, 500));
      if (this.#stopping) return;
      child.start();
    }
  }

  async #keepBrokerAlive() {
    for (;;) {
      await new Promise((later) => setTimeout(later, 1_000));
      if (this.#stopping) return;
      if (this.#broker.pids[0] !== undefined) continue;
      this.log.say('kafka', 'ended unexpectedly; it is started again');
      await this.#broker.startNode(1).catch((error) => this.log.say('kafka', error.message));
    }
  }

  #remember() {
    const services = [...this.children.values()].map(({ pid, app }) => ({ pid, word: mainOf(app) }));
    const broker = (this.#broker?.pids ?? []).map((pid) => ({ pid, word: this.dataDir }));
    rememberProcesses(this.dataDir, [...services, ...broker]);
  }
}

/** The wished port when nobody has it, else a free one. */
async function choosePort(wished) {
  const found = await listenOnce(wished);
  return found ?? (await listenOnce(0));
}

function listenOnce(port) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const { port: found } = probe.address();
      probe.close(() => done(found));
    });
  });
}
