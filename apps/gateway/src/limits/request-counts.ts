/** Requests of one client in the minute that runs. */
interface Window {
  count: number;
  readonly endsAt: number;
}

/** What a request was told when it was counted. */
export interface Counted {
  /** With this one. */
  readonly current: number;
  /** Milliseconds until counting begins anew. */
  readonly ttl: number;
}

/** Counts requests per client in fixed windows of time, in the memory of this process. */
export class RequestCounts {
  private readonly windows = new Map<string, Window>();

  /**
   * @param span milliseconds of a window
   * @param most clients remembered; beyond that the one whose window began first is forgotten
   */
  constructor(
    private readonly span: number,
    private readonly most: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts a request. */
  take(client: string): Counted {
    const now = this.now();
    const window = this.current(client, now) ?? this.begin(client, now);
    window.count += 1;
    return { current: window.count, ttl: window.endsAt - now };
  }

  /** Takes a request back that is counted again elsewhere. */
  giveBack(client: string): void {
    const window = this.current(client, this.now());
    if (window !== undefined && window.count > 0) window.count -= 1;
  }

  private current(client: string, now: number): Window | undefined {
    const window = this.windows.get(client);
    return window !== undefined && window.endsAt > now ? window : undefined;
  }

  private begin(client: string, now: number): Window {
    const window = { count: 0, endsAt: now + this.span };
    this.windows.delete(client);
    if (this.windows.size >= this.most) {
      const [oldest] = this.windows.keys();
      if (oldest !== undefined) this.windows.delete(oldest);
    }
    this.windows.set(client, window);
    return window;
  }
}
