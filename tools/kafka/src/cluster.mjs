// One or three KRaft nodes on this machine, each broker and controller at once.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchJars, run } from './jars.mjs';

const READY_WITHIN_MS = 90_000;
/** Any fixed value: it only has to be the same on all nodes. */
const CLUSTER_ID = 'YXNzYXkta2Fma2EtdG9vbA';

export class KafkaCluster {
  #nodes = [];
  #jars = '';

  /**
   * @param {object} options
   * @param {string} options.data folder of the nodes' data; kept
   * @param {number} [options.nodes] 1 or 3
   * @param {number} [options.port] of the first broker, the others follow; free ones when absent
   * @param {() => void} [options.onStart] told whenever a node has a new process
   */
  constructor({ data, nodes = 1, port, onStart = () => undefined }) {
    this.data = data;
    this.count = nodes;
    this.firstPort = port;
    this.onStart = onStart;
  }

  /** Addresses for `KAFKA_BROKERS`. */
  get brokers() {
    return this.#nodes.map((node) => `127.0.0.1:${node.port}`).join(',');
  }

  /** Process ids of the nodes, undefined for one that is down. */
  get pids() {
    return this.#nodes.map((node) => node.process?.pid);
  }

  /** Formats what is new, starts every node and resolves when all accept connections. */
  async start() {
    this.#jars = await fetchJars();
    mkdirSync(this.data, { recursive: true });
    this.#nodes = await this.#plan();
    const voters = this.#nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',');
    for (const node of this.#nodes) {
      mkdirSync(node.folder, { recursive: true });
      writeFileSync(node.config, properties(node, voters, this.count));
      if (!existsSync(join(node.folder, 'data', 'meta.properties'))) await this.#format(node);
    }
    await Promise.all(this.#nodes.map((node) => this.startNode(node.id)));
  }

  /** Starts a node that is down. */
  async startNode(id) {
    const node = this.#node(id);
    const output = openSync(join(node.folder, 'broker.log'), 'a');
    const args = ['-Xms128m', '-Xmx768m', '-XX:+UseSerialGC', '-cp', `${this.#jars}/*`, 'kafka.Kafka', node.config];
    // In a process group of its own: Ctrl-C in the terminal reaches who runs it, and ends it in order.
    const child = spawn('java', args, { detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    node.process = child;
    this.onStart();
    child.once('exit', () => {
      if (node.process === child) node.process = undefined;
    });
    await waitForPort(node, child);
  }

  /** Ends a node, SIGTERM first and SIGKILL after ten seconds; `kill` skips the first. */
  async stopNode(id, { kill = false } = {}) {
    const child = this.#node(id).process;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(kill ? 'SIGKILL' : 'SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  }

  async stop() {
    await Promise.all(this.#nodes.map((node) => this.stopNode(node.id)));
  }

  /** Ends every node at once, without waiting. */
  kill() {
    for (const node of this.#nodes) node.process?.kill('SIGKILL');
  }

  #node(id) {
    const node = this.#nodes.find((each) => each.id === id);
    if (node === undefined) throw new Error(`there is no node ${id}`);
    return node;
  }

  /** Ports stay the same over restarts of the same data folder: they are in the metadata. */
  async #plan() {
    const file = join(this.data, 'ports.json');
    const ports = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : await this.#choosePorts();
    writeFileSync(file, JSON.stringify(ports));
    return ports.map(([port, controllerPort], index) => {
      const folder = join(this.data, `node-${index + 1}`);
      return {
        id: index + 1,
        port,
        controllerPort,
        folder,
        config: join(folder, 'server.properties'),
        process: undefined,
      };
    });
  }

  async #choosePorts() {
    const ports = [];
    for (let index = 0; index < this.count; index += 1) {
      ports.push([this.firstPort === undefined ? await freePort() : this.firstPort + index, await freePort()]);
    }
    return ports;
  }

  async #format(node) {
    const tool = ['-cp', `${this.#jars}/*`, 'kafka.tools.StorageTool'];
    await run('java', [...tool, 'format', '-t', CLUSTER_ID, '-c', node.config]);
  }
}

function properties(node, voters, count) {
  const copies = Math.min(3, count);
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': voters,
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(node.folder, 'data'),
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    // So that tests need not wait six seconds for each takeover.
    'group.min.session.timeout.ms': 1_000,
    'offsets.topic.num.partitions': 8,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': Math.max(1, copies - 1),
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': Math.max(1, copies - 1),
    'min.insync.replicas': Math.max(1, copies - 1),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

async function waitForPort(node, child) {
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await sleep(50)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await accepts(node.port)) return;
  }
  child.kill('SIGKILL');
  const log = readFileSync(join(node.folder, 'broker.log'), 'utf8').split('\n').slice(-20).join('\n');
  throw new Error(`Kafka node ${node.id} did not start:\n${log}`);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
