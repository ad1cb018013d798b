import { AppError } from '@assay/contracts';
import { Readable } from 'node:stream';
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

  it('names the line that is not JSON, before anything is handed out', async () => {
    const error = await SpooledLines.read(body('{}\n{}\n\n{}\n{"a":\n{}\n')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).errors[0]?.path).toBe('line 5');
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

  it('refuses bytes that are not UTF-8 and a line without end', async () => {
    await expect(SpooledLines.read(body(Buffer.from([0xff, 0xfe])))).rejects.toMatchObject({ kind: 'validation' });
    await expect(SpooledLines.read(body('x'.repeat(700_000), 'x'.repeat(700_000)))).rejects.toMatchObject({
      kind: 'payload_too_large',
    });
  });
});
