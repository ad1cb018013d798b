import { stringsOf, type Test } from './test.js';

export type TextOp = 'startsWith' | 'endsWith' | 'contains';

const FINDS: Readonly<Record<TextOp, (text: string, pattern: string) => boolean>> = {
  startsWith: (text, pattern) => text.startsWith(pattern),
  endsWith: (text, pattern) => text.endsWith(pattern),
  contains: (text, pattern) => text.includes(pattern),
};

/** `startsWith endsWith contains`: strings on both sides; the empty pattern matches every string. */
export function text(op: TextOp, values: readonly unknown[]): Test {
  const patterns = stringsOf(values);
  const finds = FINDS[op];
  return (value) => typeof value === 'string' && patterns.some((pattern) => finds(value, pattern));
}
