import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamClient } from './stream-client.js';
import { StreamHub } from './stream-hub.js';

/** As much of a response as a stream needs; `waiting` is what its client has not read. */
class Line {
  readonly written: Buffer[] = [];
  waiting = 0;
  destroyed = false;
  writableEnded = false;

  get socket() {
    return { writableLength: this.waiting };
  }

  write(bytes: Buffer): boolean {
    this.written.push(bytes);
    return true;
  }

  end(): void {
    this.writableEnded = true;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

let now: number;
let state: string;
let hub: StreamHub;
beforeEach(() => {
  now = 1_000;
  state = 's0';
  hub = new StreamHub({ fingerprint: () => state, now: () => now });
});
afterEach(() => {
  hub.close();
});

function join(name: string, has?: string): { line: Line; client: StreamClient } {
  const line = new Line();
  const listener = { kind: 'ofrep', client: name, keyName: 'k', keyHash: null } as const;
  const client = new StreamClient(listener, now, line as unknown as ServerResponse);
  hub.add(client, has);
  return { line, client };
}

async function change(to: string): Promise<void> {
  state = to;
  hub.changed({ definitionId: 'f', version: Number(to.slice(1)), previous: null, committedAt: now, seenAt: now });
  await sleep(30);
}

describe('StreamHub', () => {
  it('writes the very same bytes to every client', async () => {
    const lines = ['a', 'b', 'c'].map((name) => join(name).line);
    await change('s1');
    expect(lines.map(({ written }) => written.length)).toEqual([1, 1, 1]);
    expect(new Set(lines.map(({ written }) => written[0])).size).toBe(1);
  });

  it('makes one frame of many changes at a time', async () => {
    const { line } = join('a');
    for (let version = 1; version <= 100; version += 1) {
      state = `s${version}`;
      hub.changed({ definitionId: 'f', version, previous: version - 1, committedAt: now, seenAt: now });
    }
    await sleep(30);
    expect(line.written).toHaveLength(1);
    expect(line.written[0]?.toString()).toContain('id: s100\n');
  });

  it('drops who does not read when there is something to say, and who has been stuck for two heartbeats', async () => {
    const [deaf, slow, good] = [join('deaf'), join('slow'), join('good')];
    deaf.line.waiting = 40_000;
    slow.line.waiting = 10;
    await change('s1');
    expect([deaf.line.destroyed, hub.size]).toEqual([true, 2]);
    await hub.beat(25_000);
    now += 30_000;
    await hub.beat(25_000);
    expect([slow.line.destroyed, good.line.destroyed, hub.size, hub.droppedClients]).toEqual([true, false, 1, 2]);
  });

  it('remembers a bounded number of frames, and answers who missed more with the present state', async () => {
    const { line } = join('a', 's0');
    await change('s1');
    expect(line.written).toHaveLength(1);
    const back = join('b', 's0');
    expect(back.line.written.map(String)).toEqual([expect.stringContaining('id: s1\n')]);
    expect(join('c', 's1').line.written).toEqual([]);
  });

  it('knows what a client has confirmed, and how long it took', async () => {
    const { client } = join('a', 's0');
    expect(client.confirmed).toBe(0);
    await change('s1');
    now += 40;
    hub.confirm('a');
    hub.confirm('nobody');
    expect([client.confirmed, client.confirmedAt]).toEqual([1, now]);
    expect(hub.log.of('f').remembered.map(({ delays }) => delays)).toEqual([[40]]);
    hub.confirm('a');
    expect(hub.log.of('f').remembered[0]?.delays).toEqual([40]);
  });
});
