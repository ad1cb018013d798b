import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
} from 'node:crypto';
import { ConfigError } from '@assay/platform';

export type JwtAlgorithm = 'HS256' | 'RS256' | 'ES256';

/** A key for access tokens; `kid` goes into the token's header, so that several keys can be good at the same time. */
export interface JwtKey {
  readonly kid: string;
  readonly algorithm: JwtAlgorithm;
  readonly verifyWith: KeyObject;
  /** Absent where tokens are only verified. */
  readonly signWith?: KeyObject;
}

/** RFC 7518 §3.2: a key for HS256 has at least as many bits as the hash. */
const SECRET_BYTES = 32;

/**
 * A shared secret (HS256): whoever verifies can also sign.
 *
 * @throws ConfigError when it is shorter than 32 bytes
 */
export function jwtSecret(secret: string): JwtKey {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length < SECRET_BYTES) throw new ConfigError([`The JWT secret must have at least ${SECRET_BYTES} bytes`]);
  const key = createSecretKey(bytes);
  const kid = createHmac('sha256', key).update('assay key id').digest('base64url').slice(0, 12);
  return { kid, algorithm: 'HS256', verifyWith: key, signWith: key };
}

/**
 * A private key in PEM, RSA (RS256) or EC on P-256 (ES256): signs and verifies.
 *
 * @throws ConfigError when it is no such key
 */
export function jwtPrivateKey(pem: string): JwtKey {
  const signWith = readKey(() => createPrivateKey(pem), 'private');
  return { ...jwtPublicKey(pem), signWith };
}

/** The public half, for services that only verify. Takes a public or a private key in PEM. */
export function jwtPublicKey(pem: string): JwtKey {
  const verifyWith = readKey(() => createPublicKey(pem), 'public');
  const der = verifyWith.export({ type: 'spki', format: 'der' });
  const kid = createHash('sha256').update(der).digest('base64url').slice(0, 12);
  return { kid, algorithm: algorithmOf(verifyWith), verifyWith };
}

function readKey(read: () => KeyObject, what: string): KeyObject {
  try {
    return read();
  } catch {
    throw new ConfigError([`The JWT ${what} key cannot be read: give a PEM text`]);
  }
}

function algorithmOf(key: KeyObject): JwtAlgorithm {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= 2_048) return 'RS256';
  if (key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256';
  throw new ConfigError(['The JWT key must be RSA with at least 2,048 bits or EC on P-256']);
}
