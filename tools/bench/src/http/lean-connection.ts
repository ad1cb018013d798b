import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LeanAnswer {
  readonly status: number;
  readonly body: string;
}

/** The bytes of a POST with a JSON body, made once and sent often. */
export function preparedPost(url: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const { host, pathname, search } = new URL(url);
  const all = { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/**
 * One connection that sends prepared requests, one at a time. It reads as much of HTTP as an answer with a length needs, so that
 * hundreds of clients in one process take little of the time that is measured.
 */
export class LeanConnection {
  private received = '';
  private done: ((answer: LeanAnswer) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => this.read(text));
    socket.on('error', (error) => {
      if (this.done !== undefined) throw error;
    });
  }

  static async open(url: string): Promise<LeanConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new LeanConnection(socket);
  }

  /** Calls back when the answer is there. The one before must have been answered. */
  send(request: Buffer, done: (answer: LeanAnswer) => void): void {
    this.done = done;
    this.socket.write(request);
  }

  close(): void {
    this.socket.destroy();
  }

  private read(text: string): void {
    this.received += text;
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.received)?.[1] ?? 0);
    if (this.received.length < end + 4 + length) return;
    const status = Number(this.received.slice(9, 12));
    const body = this.received.slice(end + 4, end + 4 + length);
    this.received = '';
    const { done } = this;
    this.done = undefined;
    done?.({ status, body });
  }
}
