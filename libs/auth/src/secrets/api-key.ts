import { API_KEY_PREFIXES, type ApiKeyKind } from '@assay/contracts';
import { hashSecret } from './hash-secret.js';

/** A new key: the text that is shown once, and what is stored of it. */
export interface NewApiKey {
  readonly key: string;
  /** Its beginning, by which people recognise it. */
  readonly prefix: string;
  readonly hash: string;
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
const LENGTH = 43;
const SHOWN = 4;
const FORMAT = new RegExp(`^(?:${Object.values(API_KEY_PREFIXES).join('|')})[0-9A-Za-z]{${LENGTH}}$`);

/** Makes a key out of 32 random bytes: the kind's prefix and 43 letters and digits, so that a double click selects it all. */
export function newApiKey(kind: ApiKeyKind, random: Uint8Array): NewApiKey {
  if (random.length !== RANDOM_BYTES) throw new RangeError(`An api key takes ${RANDOM_BYTES} random bytes.`);
  const key = API_KEY_PREFIXES[kind] + base62(random);
  return { key, prefix: key.slice(0, API_KEY_PREFIXES[kind].length + SHOWN), hash: hashSecret(key) };
}

/** Whether a text could be one of our keys; everything else is refused without asking the database. */
export function looksLikeApiKey(text: string): boolean {
  return FORMAT.test(text);
}

function base62(bytes: Uint8Array): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 62n) text = (DIGITS[Number(value % 62n)] ?? '') + text;
  return text.padStart(LENGTH, '0');
}
