// Kills and pauses whoever it likes. That it is started again is the business of the cluster's supervision.
import { setTimeout as sleep } from 'node:timers/promises';

/** When nothing moves any more, the next disaster comes anyway. */
const LONGEST_WAIT_MS = 20_000;

export class Disasters {
  /** @type {Map<string, {killed: number, paused: number}>} */
  counts = new Map();

  /**
   * @param {import('../../cluster/src/cluster.mjs').Cluster} cluster
   * @param {ReturnType<import('./random.mjs').randomOf>} random
   * @param {readonly string[]} victims names of processes, `broker`, `postgres`
   * @param {(line: string) => void} say
   */
  constructor(cluster, random, victims, say) {
    this.cluster = cluster;
    this.random = random;
    this.victims = victims;
    this.say = say;
  }

  /** `kills` disasters, spread over the traffic; stops early when `isOver`. */
  async run(kills, progress, isOver) {
    for (let index = 1; index <= kills; index += 1) {
      const mark = (index - this.random.next()) / (kills + 1);
      const latest = Date.now() + LONGEST_WAIT_MS;
      while (progress() < mark && Date.now() < latest && !isOver()) await sleep(25);
      await this.#strike(index);
    }
  }

  async #strike(index) {
    const victim = this.random.pick(this.victims);
    const pid = await this.#pidOf(victim);
    const count = this.counts.get(victim) ?? { killed: 0, paused: 0 };
    this.counts.set(victim, count);
    if (this.random.chance(0.7)) {
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
