import { Injectable } from '@nestjs/common';

/** Which api keys were used since somebody last asked, and when last (epoch milliseconds). One entry per key at most. */
@Injectable()
export class KeyUse {
  private used = new Map<string, number>();

  note(keyId: string, at: number): void {
    this.used.set(keyId, at);
  }

  /** What was noted, and a clean slate. */
  drain(): ReadonlyMap<string, number> {
    const { used } = this;
    this.used = new Map();
    return used;
  }
}
