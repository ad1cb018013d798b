import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, reply: ServerResponse) => void;

/** A service of which a test says what it answers; counts what it was asked. */
export class StubService {
  asked: string[] = [];
  answer: Handler = (_request, reply) => reply.end('{}');
  private readonly server: Server;

  private constructor(private port: number) {
    this.server = createServer((request, reply) => {
      this.asked.push(`${request.method} ${request.url}`);
      this.answer(request, reply);
    });
  }

  static async start(port = 0): Promise<StubService> {
    const stub = new StubService(port);
    await stub.listen();
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nobody is there any more, at the same address. */
  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
