/** As much of a browser's EventSource (WHATWG HTML §9.2) as providers use: reconnects by itself, with its last event id. */
export class WebEvents extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readyState = 0;
  private lastEventId = '';
  private retry = 1_000;
  private readonly abort = new AbortController();

  constructor(readonly url: string) {
    super();
    void this.run();
  }

  close(): void {
    this.readyState = WebEvents.CLOSED;
    this.abort.abort();
  }

  private async run(): Promise<void> {
    while (this.readyState !== WebEvents.CLOSED) {
      const isFatal = await this.connect();
      if (this.abort.signal.aborted) return;
      this.readyState = isFatal ? WebEvents.CLOSED : WebEvents.CONNECTING;
      this.dispatchEvent(new Event('error'));
      await new Promise((resolve) => setTimeout(resolve, this.retry));
    }
  }

  /** Follows one connection to its end. @returns whether there must not be another */
  private async connect(): Promise<boolean> {
    try {
      const headers: Record<string, string> = this.lastEventId === '' ? {} : { 'last-event-id': this.lastEventId };
      const response = await fetch(this.url, {
        headers: { accept: 'text/event-stream', ...headers },
        signal: this.abort.signal,
      });
      if (response.status !== 200 || response.body === null) return true;
      this.readyState = WebEvents.OPEN;
      this.dispatchEvent(new Event('open'));
      let rest = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body as ReadableStream<Uint8Array>) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } catch {
      // The connection broke: another one is tried.
    }
    return false;
  }

  private take(block: string): void {
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      const [field, value] = [line.slice(0, colon), line.slice(colon + 1).trimStart()];
      if (field === 'id') this.lastEventId = value;
      if (field === 'retry') this.retry = Number(value);
      if (field === 'data') data.push(value);
    }
    if (data.length === 0) return;
    this.dispatchEvent(new MessageEvent('message', { data: data.join('\n'), lastEventId: this.lastEventId }));
  }
}
