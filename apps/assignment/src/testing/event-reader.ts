import { setTimeout as sleep } from 'node:timers/promises';

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** A client of server-sent events that keeps what it was sent. */
export class EventReader {
  readonly events: StreamEvent[] = [];
  /** Everything as it came, comments included. */
  text = '';
  lastEventId = '';
  isOpen = true;
  private readonly abort = new AbortController();

  private constructor(
    readonly status: number,
    readonly headers: Headers,
    private readonly body: ReadableStream<Uint8Array> | null,
  ) {}

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    const reader = new EventReader(response.status, response.headers, response.body);
    reader.abort.signal.addEventListener('abort', () => abort.abort());
    void reader.read();
    return reader;
  }

  close(): void {
    this.abort.abort();
  }

  /** Waits for so many events altogether. */
  async until(count: number, patience = 100_000): Promise<readonly StreamEvent[]> {
    const end = Date.now() + patience;
    while (this.events.length < count) {
      if (Date.now() > end) throw new Error(`${this.events.length} events came within ${patience} ms, not ${count}`);
      await sleep(2);
    }
    return this.events;
  }

  async untilClosed(patience = 100_000): Promise<void> {
    const end = Date.now() + patience;
    while (this.isOpen) {
      if (Date.now() > end) throw new Error(`still open after ${patience} ms`);
      await sleep(2);
    }
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of this.body ?? []) {
        const text = decoder.decode(chunk, { stream: true });
        this.text += text;
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        blocks.forEach((block) => this.take(block));
      }
    } catch {
      // The server or the test has cut it.
    }
    this.isOpen = false;
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const data = fields.get('data');
    if (data !== undefined) this.events.push({ id: this.lastEventId, event: fields.get('event') ?? 'message', data });
  }
}
