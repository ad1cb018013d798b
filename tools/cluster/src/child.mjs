// One process of the cluster, in a process group of its own: Ctrl-C reaches the launcher, which stops all in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { mainOf, node, processEnvironment, serviceFlags } from '../../run/places.mjs';

const STOP_WITHIN_MS = 12_000;

export class Child {
  #process;
  #exited = Promise.resolve('not started');
  #stopping = false;

  /**
   * @param {object} plan
   * @param {string} plan.name what it is called in the log
   * @param {string} plan.app folder of the application
   * @param {Record<string, string>} plan.environment
   * @param {import('./log-lines.mjs').LogLines} plan.log
   * @param {() => void} [plan.onStart] told whenever it has a new process
   */
  constructor({ name, app, environment, log, onStart = () => undefined }) {
    this.name = name;
    this.app = app;
    this.environment = environment;
    this.log = log;
    this.onStart = onStart;
    this.url = environment.PORT === undefined ? undefined : `http://127.0.0.1:${environment.PORT}`;
  }

  get pid() {
    return this.#process?.pid;
  }

  get isRunning() {
    return this.#process !== undefined;
  }

  /** Resolves with the exit code, or the signal that ended it. */
  get exited() {
    return this.#exited;
  }

  start() {
    if (this.isRunning) return;
    this.#stopping = false;
    const child = spawn(node, [...serviceFlags, mainOf(this.app)], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...processEnvironment, ...this.environment },
    });
    this.#process = child;
    this.log.follow(this.name, child.stdout);
    this.log.follow(this.name, child.stderr);
    this.#exited = once(child, 'exit').then(([code, signal]) => {
      this.#process = undefined;
      return signal ?? code;
    });
    this.onStart();
  }

  /** Whether it ended although nobody asked it to. */
  get wasAsked() {
    return this.#stopping;
  }

  /** Resolves when it says that it is ready; rejects when it ends, or not within the time. */
  async ready(withinMs = 60_000) {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50)) {
      if (!this.isRunning) throw new Error(`${this.name} ended (${await this.#exited}) before it was ready`);
      if (await this.isReady()) return;
    }
    throw new Error(`${this.name} was not ready within ${withinMs / 1000} s`);
  }

  async isReady() {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  signal(name) {
    if (name === 'SIGKILL') this.#stopping = true;
    this.#process?.kill(name);
  }

  /** SIGTERM, and SIGKILL for one that does not end within twelve seconds. Resolves with how it ended. */
  async stop() {
    if (!this.isRunning) return this.#exited;
    this.#stopping = true;
    this.#process.kill('SIGTERM');
    const late = setTimeout(() => this.#process?.kill('SIGKILL'), STOP_WITHIN_MS);
    const how = await this.#exited;
    clearTimeout(late);
    return how;
  }

  /** kill -9. */
  async kill() {
    this.signal('SIGKILL');
    return this.#exited;
  }
}
