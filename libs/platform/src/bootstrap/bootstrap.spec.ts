import { type AppError } from '@assay/contracts';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { MAX_JSON_DEPTH, nestsDeeperThan, parseJson } from './parse-json.js';
import { readBody, unpacked } from './read-body.js';
import { newTraceId, traceIdOf } from './trace-id.js';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Depth by walking the value: slow and plain. */
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return (error as AppError).code;
  }
};

describe('parseJson', () => {
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        // A field of this name is refused, as is asked below.
        fc.pre(!text.includes('"__proto__":'));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('counts depth as a walk over the value does, whatever stands in strings', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 8 }), fc.string(), (value, limit, text) => {
        const whole = { [text]: value, brackets: '[[{"\\', text };
        expect(nestsDeeperThan(JSON.stringify(whole, null, 1), limit)).toBe(depthOf(whole) > limit);
      }),
    );
  });

  it('refuses what nests too deeply, without running out of stack', () => {
    expect(parseJson(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(() => parseJson(nested(MAX_JSON_DEPTH + 1))).toThrow(/nests deeper than 100/);
    expect(() => parseJson('{"a":'.repeat(200_000))).toThrow(/nests deeper/);
  });

  it('refuses broken text and prototypes, as a validation error', async () => {
    for (const text of [
      '{',
      '{"a":1,}',
      'nul',
      '"open',
      '',
      '{"__proto__":{"isAdmin":true}}',
      '[{"a":{"__proto__":1}}]',
    ]) {
      expect(await codeOf(() => parseJson(text))).toBe('validation_failed');
    }
    expect(parseJson('{"text":"__proto__"}')).toEqual({ text: '__proto__' });
  });
});

describe('bodies', () => {
  const of = (...chunks: Buffer[]): Readable => Readable.from(chunks);

  it('are read whole up to the limit, plain or packed', async () => {
    const text = Buffer.from('x'.repeat(1_000));
    expect(await readBody(of(text.subarray(0, 600), text.subarray(600)), 1_000)).toEqual(text);
    expect(await readBody(unpacked(of(gzipSync(text)), 'gzip'), 1_000)).toEqual(text);
  });

  it('count at their unpacked size', async () => {
    const packed = gzipSync(Buffer.alloc(1_001));
    expect(packed.length).toBeLessThan(100);
    expect(await codeOf(() => readBody(unpacked(of(packed), 'gzip'), 1_000))).toBe('payload_too_large');
    expect(await codeOf(() => readBody(of(Buffer.alloc(1_001)), 1_000))).toBe('payload_too_large');
  });

  it('that are damaged or packed in an unknown way are refused', async () => {
    const packed = gzipSync(Buffer.from('hello, hello, hello'));
    expect(await codeOf(() => readBody(unpacked(of(packed.subarray(0, packed.length - 5)), 'gzip'), 1_000))).toBe(
      'validation_failed',
    );
    expect(await codeOf(() => readBody(unpacked(of(Buffer.from('plain')), 'gzip'), 1_000))).toBe('validation_failed');
    expect(await codeOf(() => unpacked(of(packed), 'zip'))).toBe('unsupported_media_type');
  });
});

describe('trace ids', () => {
  it('are taken from a well-formed traceparent only', () => {
    expect(traceIdOf('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')).toBe(
      '0af7651916cd43dd8448eb211c80319c',
    );
    for (const header of [undefined, '', 'x', '00-0af7-b7ad-01', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])
      expect(traceIdOf(header)).toBeUndefined();
  });

  it('are 32 hexadecimal digits otherwise', () => {
    expect(newTraceId()).toMatch(/^[\da-f]{32}$/);
  });
});
