import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

const HASH = /^[0-9a-f]{64}$/;

/**
 * What stands for an api key in the address of a stream, where browsers can send no header: the hash by which the key is
 * known, signed, so that neither the key nor what the database holds of it opens a stream.
 */
export function streamToken(keyHash: string, secret: KeyObject): string {
  return `${keyHash}.${signatureOf(keyHash, secret).toString('base64url')}`;
}

/** The hash of the key, if the token was signed with one of the secrets. */
export function keyHashOf(token: string, secrets: readonly KeyObject[]): string | undefined {
  const [keyHash = '', signature = ''] = token.split('.');
  if (!HASH.test(keyHash)) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const fits = (secret: KeyObject): boolean => {
    const wanted = signatureOf(keyHash, secret);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  };
  return secrets.some(fits) ? keyHash : undefined;
}

function signatureOf(keyHash: string, secret: KeyObject): Buffer {
  const key = secret.type === 'secret' ? secret : secret.export({ type: 'spki', format: 'der' });
  return createHmac('sha256', key).update(`assay stream ${keyHash}`).digest();
}
