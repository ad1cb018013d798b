import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { AUTH_SETTINGS, type AuthSettings } from '../auth-settings.js';

/** argon2id parameters: memory in KiB, passes, lanes. */
export interface PasswordCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** The first choice of the OWASP password storage recommendations: 19 MiB, two passes, one lane. */
const OWASP_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and checks passwords with argon2id (the library's default algorithm), off the event loop. */
@Injectable()
export class PasswordHasher {
  private readonly cost: PasswordCost;
  private readonly nobodysHash: Promise<string>;

  constructor(@Inject(AUTH_SETTINGS) settings: AuthSettings) {
    this.cost = settings.passwordCost ?? OWASP_COST;
    this.nobodysHash = this.hash(randomBytes(32).toString('base64url'));
  }

  /** PHC text with its own salt. */
  hash(password: string): Promise<string> {
    return hash(password, this.cost);
  }

  /**
   * Whether the password fits. Without a stored hash (there is no such user) it takes as long and answers false, so that
   * the time of an answer does not tell who exists.
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const fits = await verify(stored ?? (await this.nobodysHash), password);
    return fits && stored !== undefined;
  }
}
