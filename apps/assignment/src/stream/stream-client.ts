import type { ServerResponse } from 'node:http';

/** Who listens. */
export interface Listener {
  readonly kind: 'ofrep' | 'sdk';
  /** Which client of its key this is; the same for the stream and for what it fetches. */
  readonly client: string;
  readonly keyName: string;
  /** By which it is asked again whether the key is still good; null for a user. */
  readonly keyHash: string | null;
}

/** Bytes that may wait in this process for one client. Frames are some hundred bytes: who has so many does not read. */
const MOST_WAITING = 32_768;

/** An open stream. It never waits for its client: what cannot be written soon ends it, and the client comes back. */
export class StreamClient {
  /** Newest change that the client has surely fetched; null when nothing is known. */
  confirmed: number | null = null;
  confirmedAt: number | null = null;
  private stuckSince: number | undefined;

  constructor(
    readonly listener: Listener,
    readonly connectedAt: number,
    private readonly response: ServerResponse,
  ) {}

  /** Writes unless too much waits already. @returns whether the client is still there */
  send(bytes: Buffer): boolean {
    if (this.response.destroyed || this.response.writableEnded) return false;
    if (this.waiting > MOST_WAITING) return false;
    this.response.write(bytes);
    return true;
  }

  /** Bytes that this process keeps for the client. */
  get waiting(): number {
    return this.response.socket?.writableLength ?? this.response.writableLength;
  }

  /** Whether bytes have been waiting since before `since`. To be asked now and then. */
  isStuck(now: number, patience: number): boolean {
    if (this.waiting === 0) {
      this.stuckSince = undefined;
      return false;
    }
    this.stuckSince ??= now;
    return now - this.stuckSince >= patience;
  }

  /** Lets the client finish reading what it was sent. */
  end(): void {
    this.response.end();
  }

  /** For who does not read. */
  cut(): void {
    this.response.destroy();
  }
}
