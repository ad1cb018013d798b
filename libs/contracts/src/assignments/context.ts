import { z } from 'zod';
import { storable } from '../experiments/storable-json.js';

/** Bytes of UTF-8 that a context may have as JSON. */
export const MAX_CONTEXT_BYTES = 65_536;

/** Attributes of a unit: any JSON object up to 64 KiB that can be stored. */
export const EvaluationContext = storable(
  z.record(z.string(), z.unknown()).refine(fits, `must not exceed ${MAX_CONTEXT_BYTES} bytes`),
).meta({
  description: 'Attributes that rules look at, up to 64 KiB',
});
export type EvaluationContext = z.output<typeof EvaluationContext>;

function fits(context: Readonly<Record<string, unknown>>): boolean {
  return utf8Bytes(JSON.stringify(context)) <= MAX_CONTEXT_BYTES;
}

/** Bytes of a text in UTF-8, as far as it matters whether they are too many. */
function utf8Bytes(text: string): number {
  if (text.length > MAX_CONTEXT_BYTES) return text.length;
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
