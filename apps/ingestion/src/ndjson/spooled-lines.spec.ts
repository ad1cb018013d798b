import { AppError } from '@assay/contracts';
import { Readable } from 'node:stream';
import { BrokenLine } from './broken-line.js';
import { SpooledLines } from './spooled-lines.js';

const body = (...chunks: (string | Buffer)[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

async function batchesOf(stream: Readable, size = 2): Promise<unknown[][]> {
  const lines = await SpooledLines.read(stream);
  try {
    const batches: unknown[][] = [];
    for await (const batch of lines.batches(size)) batches.push(batch);
    return batches;
  } finally {
    await lines.dispose();
  }
}

describe('an NDJSON body', () => {
  it('gives its lines in batches, whatever the chunks are', async () => {
    const text = '{"a":"ä"}\n\n{"a":2}\r\n{"a":3}';
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
    expect(await batchesOf(body(...bytes))).toEqual([[{ a: 'ä' }, { a: 2 }], [{ a: 3 }]]);
  });

  it('hands on the line that is not JSON, with what is wrong, and the others as they are', async () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const [values = []] = await batchesOf(body(`{}\n{"a":\n\n${deep}\n{"b":1}\n{"a":"x`), 9);
    const broken = values.map((value) => (value instanceof BrokenLine ? [value.text, value.reason] : value));
    expect(broken).toEqual([
      {},
      ['{"a":', expect.stringMatching(/^is not JSON: /)],
      [deep, expect.stringMatching(/^nests deeper than /)],
      { b: 1 },
      ['{"a":"x', expect.stringMatching(/^is not JSON: /)],
    ]);
  });

  it('keeps of a line that is not JSON no more than its beginning', async () => {
    const [values = []] = await batchesOf(body('x'.repeat(500_000)));
    expect((values[0] as BrokenLine).text).toBe('x'.repeat(65_536));
  });

  it('hands out nothing of a body that breaks off', async () => {
    const stream = Readable.from(
      (function* () {
        yield Buffer.from('{}\n{}\n');
        throw AppError.validation([{ path: '', message: 'The body breaks off' }]);
      })(),
    );
    await expect(SpooledLines.read(stream)).rejects.toMatchObject({ kind: 'validation' });
  });

  it('keeps long streams on disk', async () => {
    const line = JSON.stringify({ text: 'x'.repeat(10_000) });
    const stream = Readable.from(
      (function* () {
        for (let index = 0; index < 700; index += 1) yield Buffer.from(`${line}\n`);
      })(),
    );
    const batches = await batchesOf(stream, 100);
    expect(batches.map(({ length }) => length)).toEqual([100, 100, 100, 100, 100, 100, 100]);
  });

  it('hands on the beginning of a line that is too long, and the others as they are', async () => {
    const long = `{"a":"${'x'.repeat(2_000_000)}`;
    const text = `{"first":1}\n${long}"}\n{"b":"\u2028"}\n`;
    for (const others of [[], Array.from({ length: 5 }, () => JSON.stringify({ text: 'y'.repeat(1_000_000) }))]) {
      const whole = Buffer.from(`${others.map((line) => `${line}\n`).join('')}${text}${long}`);
      const chunks = Array.from({ length: Math.ceil(whole.length / 65_536) }, (_, index) =>
        whole.subarray(index * 65_536, (index + 1) * 65_536),
      );
      for (const stream of [Readable.from(chunks), Readable.from([whole])]) {
        const values = (await batchesOf(stream)).flat().slice(others.length);
        const broken = { code: 'payload_too_large', reason: 'is longer than 1048576 characters' };
        expect(values).toMatchObject([{ first: 1 }, broken, { b: '\u2028' }, broken]);
        expect((values[1] as BrokenLine).text).toBe(long.slice(0, 65_536));
      }
    }
  });

  it('refuses bytes that are not UTF-8', async () => {
    await expect(SpooledLines.read(body(Buffer.from([0xff, 0xfe])))).rejects.toMatchObject({ kind: 'validation' });
  });
});
