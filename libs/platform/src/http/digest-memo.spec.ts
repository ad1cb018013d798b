import { createHash } from 'node:crypto';
import { DigestMemo } from './digest-memo.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('is the SHA-256 of each text, however often it is asked and however many there are', () => {
  const digests = new DigestMemo(2);
  for (const text of ['a', 'b', 'a', 'c', 'b', '', 'é', 'a']) expect(digests.of(text)).toBe(sha256(text));
});
