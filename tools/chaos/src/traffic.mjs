// Exposures, assignments, events: out of order, some sent again with other times, all of them until they are acknowledged.
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENT_SIDE, LATE_EVENT, SERVER_SIDE, VARIANTS } from './experiments.mjs';

const SENDERS = 4;
const DAY = 86_400_000;
const KINDS = ['buy', 'buy', 'visit', 'visit', 'visit', LATE_EVENT];

export class Traffic {
  /** @type {Set<string>} ids of the events that were acknowledged */
  acknowledged = new Set();
  /** Events that were acknowledged, those that were sent again included. */
  sent = 0;
  rejected = [];
  /** Units that were told another variant than before. */
  changed = 0;
  assigned = 0;
  #variants = new Map();
  #recent = [];
  #next = 0;

  /**
   * @param {import('./client.mjs').Client} client
   * @param {ReturnType<import('./random.mjs').randomOf>} random
   * @param {number} events how many different ones
   */
  constructor(client, random, events) {
    this.client = client;
    this.random = random;
    this.events = events;
    this.users = Math.max(50, Math.floor(events / 20));
  }

  get isDone() {
    return this.#next >= this.events;
  }

  /**
   * Resolves when every event is acknowledged.
   *
   * @param {() => number} allowance the share of the events that may have been sent by now
   */
  async run(allowance) {
    await Promise.all(Array.from({ length: SENDERS }, () => this.#send(allowance)));
  }

  async #send(allowance) {
    while (!this.isDone) {
      if (this.#next >= allowance() * this.events) {
        await sleep(20);
        continue;
      }
      await Promise.all(Array.from({ length: this.random.below(12) }, () => this.#assign()));
      const batch = this.#batch(50 + this.random.below(300), allowance() * this.events);
      // Another sender took the last event there may be while this one assigned.
      if (batch.length === 0) continue;
      const answer = await this.client.need('POST', '/api/v1/events', { events: batch });
      this.rejected.push(...answer.rejected);
      this.sent += batch.length;
      for (const { id } of batch) this.acknowledged.add(id);
      this.#recent.push(...batch.filter(() => this.random.chance(0.05)));
      if (this.#recent.length > 2_000) this.#recent.splice(0, 1_000);
      await sleep(this.random.below(5));
    }
  }

  #batch(size, until) {
    const batch = [];
    while (batch.length < size && !this.isDone && this.#next < until) batch.push(this.#event(this.#next++));
    // A resent event may carry another time: what was stored first stays.
    for (let again = this.random.below(20); again > 0 && this.#recent.length > 0; again -= 1) {
      batch.push({ ...this.random.pick(this.#recent), timestamp: this.#time() });
    }
    return batch
      .map((event) => [this.random.next(), event])
      .sort(([a], [b]) => a - b)
      .map(([, event]) => event);
  }

  #event(index) {
    const user = this.random.below(this.users);
    const userId = `user-${user}`;
    const base = { id: `event-${index}`, userId, timestamp: this.#time() };
    if (this.random.chance(0.1)) {
      // One in a hundred users sees both variants.
      const variant = VARIANTS[user % 100 === 0 ? this.random.below(2) : user % 2];
      return { ...base, eventType: '$exposure', experiment: CLIENT_SIDE, variant };
    }
    const eventType = this.random.pick(KINDS);
    return { ...base, eventType, ...(eventType === 'buy' ? { value: this.random.below(80_000) / 8 } : {}) };
  }

  /** Some days ago or now, in no order. */
  #time() {
    const past = this.random.chance(0.5) ? this.random.below(3 * DAY) : 0;
    return new Date(Date.now() - past).toISOString();
  }

  async #assign() {
    const userId = `user-${this.random.below(this.users)}`;
    const { assignments } = await this.client.need('POST', '/api/v1/assignments/batch', {
      userId,
      experiments: [SERVER_SIDE],
    });
    const variant = assignments[0]?.variantKey ?? assignments[0]?.variant;
    this.assigned += 1;
    const before = this.#variants.get(userId);
    if (before !== undefined && before !== variant) this.changed += 1;
    this.#variants.set(userId, variant);
  }
}
