import fc from 'fast-check';
import { storageProblem } from '../experiments/storable-json.js';
import { asStorableText, unstorableText } from './unstorable-text.js';

const PIECES = [
  '\u0000',
  '\\',
  '\\u0000',
  '\\ud800',
  '\ud83d',
  '\ude00',
  '\ud83d\ude00',
  'u0000',
  'ud800',
  '"',
  'a',
  '\u0001',
];
const anyValue = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 8 })
  .map((pieces) => ({ [pieces.join('')]: [pieces.join('')] }));

describe('what jsonb cannot store', () => {
  it('is found in a JSON text as it is in its value', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(unstorableText(JSON.stringify(value)) === undefined).toBe(storageProblem(value) === undefined);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is replaced, and nothing else is', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = JSON.stringify(value);
        const stored: unknown = JSON.parse(asStorableText(text));
        expect(storageProblem(stored)).toBeUndefined();
        if (storageProblem(value) === undefined) expect(stored).toEqual(value);
      }),
      { numRuns: 3_000 },
    );
    expect(JSON.parse(asStorableText(JSON.stringify(['\u0000\u0000a\\u0000\ud800'])))).toEqual([
      '\ufffd\ufffda\\u0000\ufffd',
    ]);
  });

  it('is named', () => {
    expect(unstorableText(JSON.stringify({ a: '\u0000' }))).toContain('NUL');
    expect(unstorableText(JSON.stringify({ a: '\udc00' }))).toContain('surrogate');
  });
});
