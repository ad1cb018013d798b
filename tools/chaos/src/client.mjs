// A client as it should be: it sends again, with the same ids, until it has an answer.
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
/** A platform that does not come back within this time has failed. */
const GIVE_UP_MS = 120_000;

/** What the platform should not have answered. */
export class WrongAnswer extends Error {}

export class Client {
  /** How often there was no answer, or one that said "later". */
  refused = 0;
  /** The call that waited longest for its answer, in milliseconds. */
  longest = { took: 0, call: 'none' };

  constructor(url, key) {
    this.url = url;
    this.key = key;
  }

  /** Asks until there is an answer that is not "later". */
  async ask(method, path, body) {
    const began = Date.now();
    for (;;) {
      const answer = await this.#once(method, path, body);
      if (answer !== undefined) {
        const took = Date.now() - began;
        if (took > this.longest.took) this.longest = { took, call: `${method} ${path}` };
        return answer;
      }
      this.refused += 1;
      if (Date.now() - began > GIVE_UP_MS)
        throw new WrongAnswer(`${method} ${path}: no answer for ${GIVE_UP_MS / 1000} s`);
      await sleep(100 + Math.random() * 200);
    }
  }

  /** The body of a 2xx; anything else that is not "later" is an error. */
  async need(method, path, body) {
    const answer = await this.ask(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new WrongAnswer(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  async #once(method, path, body) {
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (response.status >= 500 || response.status === 429) return undefined;
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    } catch {
      return undefined;
    }
  }
}
