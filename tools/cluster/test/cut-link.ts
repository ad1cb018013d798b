import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that a test can cut: connections end at once, and new ones find nobody until it is mended. */
export class CutLink {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private port = 0;

  private constructor(private readonly target: { readonly host: string; readonly port: number }) {
    this.server = createServer((near) => {
      const far = connect(this.target.port, this.target.host);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(one);
        one.setNoDelay(true).pipe(other);
        one.on('error', () => other.destroy());
        one.once('close', () => {
          this.sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  static async to({ hostname, port }: URL): Promise<CutLink> {
    const link = new CutLink({ host: hostname, port: Number(port) });
    await link.listen();
    link.port = (link.server.address() as AddressInfo).port;
    return link;
  }

  /** An address by this way. */
  through(url: string): string {
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  cut(): void {
    this.close();
  }

  async mend(): Promise<void> {
    await this.listen();
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async listen(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }
}
