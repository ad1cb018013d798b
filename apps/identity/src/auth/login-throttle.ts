import { AppError } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';

/** Failures in a row that cost nothing; from then on each doubles the wait, up to a quarter of an hour. */
const FREE_ATTEMPTS = 20;
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 900;
/** After so long without an attempt the count starts anew. */
const FORGET_SECONDS = 3_600;
const MOST_ENTRIES = 20_000;

interface Attempts {
  readonly failures: number;
  readonly lastAt: number;
}

/** Seconds to wait after so many failures in a row. */
export function waitAfter(failures: number): number {
  if (failures < FREE_ATTEMPTS) return 0;
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (failures - FREE_ATTEMPTS));
}

/**
 * Slows down guessing at one name from one address. It counts in the memory of this process: behind n replicas a guesser gets
 * at most n times the attempts, while the limit at the gateway holds for all. Whether the name exists plays no part.
 */
@Injectable()
export class LoginThrottle {
  private readonly attempts = new Map<string, Attempts>();

  constructor(private readonly clock: Clock) {}

  /**
   * Counts an attempt before its outcome is known, so that attempts made at the same time count too.
   *
   * @throws AppError `rate_limited` when it comes too early
   */
  begin(name: string, ip: string): void {
    const key = keyOf(name, ip);
    const now = this.clock.now().getTime();
    const known = this.attempts.get(key);
    const past =
      known !== undefined && now - known.lastAt < FORGET_SECONDS * 1000 ? known : { failures: 0, lastAt: now };
    const wait = Math.ceil((past.lastAt + waitAfter(past.failures) * 1000 - now) / 1000);
    if (wait > 0) {
      const message = `Too many failed attempts. Try again in ${wait} s.`;
      throw new AppError('rate_limited', 'rate_limited', message, { retryAfter: wait });
    }
    this.attempts.delete(key);
    this.attempts.set(key, { failures: past.failures + 1, lastAt: now });
    const [oldest] = this.attempts.keys();
    if (this.attempts.size > MOST_ENTRIES && oldest !== undefined) this.attempts.delete(oldest);
  }

  succeeded(name: string, ip: string): void {
    this.attempts.delete(keyOf(name, ip));
  }
}

const keyOf = (name: string, ip: string): string => `${ip} ${name.toLowerCase()}`;
