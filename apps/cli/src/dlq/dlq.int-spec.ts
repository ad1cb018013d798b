import type { DeadLetter } from '@assay/contracts';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandContext } from '../command-context.js';
import { assayProgram } from '../program.js';

const PAYLOAD = '{"specversion":"1.0", broken';

const letter = (number: number, fields: Partial<DeadLetter> = {}): DeadLetter => ({
  id: `00000000-0000-7000-8000-00000000000${number}`,
  topic: 'assay.event.accepted.v1',
  partition: 3,
  offset: number,
  group: 'analysis',
  key: 'raw',
  projectId: null,
  error: 'specversion: must be "1.0", is "2.0".',
  code: 'wrong_version',
  attempts: 1,
  status: 'dead',
  createdAt: '2026-11-22T12:00:00.000Z',
  updatedAt: '2026-11-22T12:00:00.000Z',
  ...fields,
});

/** The part of the interface the command needs; pages of two, newest first, as the server has them. */
class LettersServer {
  letters = [
    letter(4),
    letter(3, { topic: 'assay.flag.changed.v1' }),
    letter(2, { code: 'not_json', error: 'The message is not JSON.' }),
    letter(1),
  ];
  readonly settled: string[] = [];
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://x');
    const [id, action] = url.pathname.replace('/api/v1/dead-letters', '').split('/').slice(1);
    const [status, body] = id === undefined ? [200, this.page(url.searchParams)] : this.one(id, action);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  private page(query: URLSearchParams) {
    const wanted = (name: 'topic' | 'status', value: string) => [null, value].includes(query.get(name));
    const found = this.letters.filter(({ topic, status }) => wanted('topic', topic) && wanted('status', status));
    const from = found.findIndex(({ id }) => id === query.get('cursor')) + 1;
    const items = found.slice(from, from + 2);
    return { items, total: found.length, nextCursor: from + 2 < found.length ? items.at(-1)?.id : null };
  }

  private one(id: string, action: string | undefined): [number, unknown] {
    const found = this.letters.find((each) => each.id === id);
    if (found === undefined) return [404, { code: 'not_found', detail: `Dead letter '${id}' was not found.` }];
    if (action === undefined) return [200, { ...found, payload: PAYLOAD }];
    if (action === 'replay' && found.code === 'not_json')
      return [409, { code: 'not_replayable', detail: 'It is not JSON. Discard it.' }];
    this.settled.push(`${action} ${found.offset}`);
    return [200, found];
  }
}

describe('assay dlq', () => {
  let server: LettersServer;
  let url: string;
  let printed: string[];

  beforeEach(async () => {
    server = new LettersServer();
    url = await server.start();
    printed = [];
  });
  afterEach(() => server.stop());

  async function assay(...args: string[]): Promise<string> {
    const terminal = { out: (text: string) => void printed.push(text), err: () => undefined, isWatched: false };
    const context = new CommandContext(
      terminal,
      { ASSAY_URL: url, XDG_CONFIG_HOME: '/nowhere' },
      '/nowhere',
      '/nowhere',
    );
    await assayProgram(context)
      .exitOverride()
      .parseAsync(['dlq', ...args], { from: 'user' });
    return printed.join('\n');
  }

  it('lists what is dead, with place, tries and reason', async () => {
    const text = await assay('list', '--topic', 'assay.event.accepted.v1');
    expect(text).toContain(letter(4).id);
    expect(text).toMatch(/3\/4 .*analysis .*1 .*dead .*wrong_version: specversion: must be "1\.0"/);
    expect(text).not.toContain('flag.changed');
    expect(text).toContain('2 of 3.');
  });

  it('says so when there are none, and prints the answer of the server on demand', async () => {
    expect(await assay('list', '--topic', 'none')).toBe('No dead letters.');
    printed = [];
    expect(JSON.parse(await assay('list', '--json'))).toMatchObject({
      total: 4,
      items: [{ offset: 4 }, { offset: 3 }],
    });
  });

  it('shows one with its payload', async () => {
    const text = await assay('show', letter(1).id);
    expect(text).toContain('topic    assay.event.accepted.v1, partition 3, offset 1');
    expect(text.endsWith(PAYLOAD)).toBe(true);
  });

  it('replays those that are named, and all of a topic from the oldest on', async () => {
    expect(await assay('replay', letter(3).id)).toBe('1 letter replayed.');
    server.letters = server.letters.filter(({ code }) => code !== 'not_json');
    await assay('replay', '--all', '--topic', 'assay.event.accepted.v1');
    expect(server.settled).toEqual(['replay 3', 'replay 1', 'replay 4']);
  });

  it('goes on behind one that is refused, and fails in the end with the reason', async () => {
    await expect(assay('replay', letter(2).id, letter(1).id)).rejects.toThrow('It is not JSON. Discard it.');
    expect(server.settled).toEqual(['replay 1']);
    expect(printed).toEqual(['1 letter replayed.']);
  });

  it('discards all pages, and nothing without being told what', async () => {
    await expect(assay('discard')).rejects.toThrow('Name the letters to discard, or say --all.');
    await expect(assay('discard', letter(1).id, '--all')).rejects.toThrow('Name the letters');
    expect(await assay('discard', '--all')).toBe('4 letters discarded.');
    expect(server.settled).toEqual(['discard 1', 'discard 2', 'discard 3', 'discard 4']);
  });
});
