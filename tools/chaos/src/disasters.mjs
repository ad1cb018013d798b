// Kills and pauses whoever it likes. That it is started again is the business of the cluster's supervision.
import { setTimeout as sleep } from 'node:timers/promises';

/** When nothing moves any more, the next disaster comes anyway. */
const LONGEST_WAIT_MS = 20_000;
/** Of the disasters; the others strike at once, also a process that is only starting. */
const AT_WORK = 0.7;
/** So long is waited for a service to be ready, at most. */
const LONGEST_START_MS = 10_000;
/** So long somebody who has just become ready works before he is struck, at most. */
const LONGEST_WORK_MS = 600;
const FIRST_INTERVAL_MS = 1_500;

export class Disasters {
  /** @type {Map<string, {killed: number, paused: number}>} */
  counts = new Map();
  /** How many struck while events were still being sent, and how many of them a process that was ready. */
  duringTraffic = 0;
  atWork = 0;
  #struck = 0;
  #total = 0;
  #lastAt = Date.now();
  #intervalMs = FIRST_INTERVAL_MS;

  /**
   * @param {import('../../cluster/src/cluster.mjs').Cluster} cluster
   * @param {ReturnType<import('./random.mjs').randomOf>} random
   * @param {readonly string[]} victims names of processes, `broker`, `postgres`
   * @param {(line: string) => void} say
   * @param {boolean} [pauses] whether some are only stopped for a while
   */
  constructor(cluster, random, victims, say, pauses = true) {
    this.cluster = cluster;
    this.random = random;
    this.victims = victims;
    this.say = say;
    this.pauses = pauses;
  }

  /**
   * The share of the traffic that may have been sent by now. Traffic faster than the disasters would be over before them: it goes
   * on from one to the next in four steps, as evenly as the time between the last ones tells.
   */
  get allowance() {
    if (this.#struck === this.#total) return Infinity;
    const steps = Math.min(4, Math.floor((4 * (Date.now() - this.#lastAt)) / this.#intervalMs));
    return (this.#struck + steps / 4) / (this.#total + 1);
  }

  /** `kills` disasters, spread over the traffic; stops early when `isOver`. */
  async run(kills, progress, isOver) {
    this.#total = kills;
    this.#lastAt = Date.now();
    for (let index = 1; index <= kills; index += 1) {
      const mark = (index - this.random.next()) / (kills + 1);
      const latest = Date.now() + LONGEST_WAIT_MS;
      while (progress() < mark && Date.now() < latest && !isOver()) await sleep(25);
      await this.#strike(index, isOver);
      this.#intervalMs = (this.#intervalMs + Date.now() - this.#lastAt) / 2;
      this.#lastAt = Date.now();
      this.#struck = index;
    }
  }

  async #strike(index, isOver) {
    const victim = this.random.pick(this.victims);
    const isAtWork = this.random.chance(AT_WORK) && (await this.#waitForWork(victim));
    const pid = await this.#pidOf(victim);
    if (!isOver()) {
      this.duringTraffic += 1;
      if (isAtWork) this.atWork += 1;
    }
    const count = this.counts.get(victim) ?? { killed: 0, paused: 0 };
    this.counts.set(victim, count);
    if (!this.pauses || this.random.chance(0.7)) {
      this.say(`${index}: kill -9 ${victim}`);
      count.killed += 1;
      signal(pid, 'SIGKILL');
      return;
    }
    const milliseconds = 500 + this.random.below(7_000);
    this.say(`${index}: pause ${victim} for ${(milliseconds / 1_000).toFixed(1)} s`);
    count.paused += 1;
    signal(pid, 'SIGSTOP');
    await sleep(milliseconds);
    signal(pid, 'SIGCONT');
  }

  /** Lets a service become ready and work for a moment; tells whether it did. */
  async #waitForWork(victim) {
    if (victim === 'broker' || victim === 'postgres') return false;
    const latest = Date.now() + LONGEST_START_MS;
    while (!(await this.cluster.child(victim).isReady())) {
      if (Date.now() > latest) return false;
      await sleep(50);
    }
    await sleep(this.random.below(LONGEST_WORK_MS));
    return true;
  }

  /** Waits for one that is being started. */
  async #pidOf(victim) {
    for (;;) {
      const pid = this.#currentPid(victim);
      if (pid !== undefined && isAlive(pid)) return pid;
      await sleep(50);
    }
  }

  #currentPid(victim) {
    if (victim === 'broker') return this.cluster.ownBroker.pids[0];
    if (victim === 'postgres') return this.cluster.ownPostgres.pid;
    return this.cluster.child(victim).pid;
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
