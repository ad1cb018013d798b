import { Agent, request } from 'node:http';

/** A lean HTTP client, so that what is measured is the server. */
export class ApiClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(
    private readonly url: string,
    private token = '',
  ) {}

  async login(username: string, password: string): Promise<void> {
    const { accessToken } = (await this.send('POST', '/api/v1/auth/login', JSON.stringify({ username, password }))) as {
      accessToken: string;
    };
    this.token = accessToken;
  }

  get<T>(path: string): Promise<T> {
    return this.send('GET', path) as Promise<T>;
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.send('POST', path, JSON.stringify(body)) as Promise<T>;
  }

  /** `body` is JSON already. */
  send(method: string, path: string, body?: string | Buffer): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = { 'content-type': 'application/json' };
      if (this.token !== '') headers['authorization'] = `Bearer ${this.token}`;
      if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
      const call = request(new URL(path, this.url), { method, headers, agent: this.agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if ((answer.statusCode ?? 500) < 300) resolve(text === '' ? undefined : JSON.parse(text));
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }
}
