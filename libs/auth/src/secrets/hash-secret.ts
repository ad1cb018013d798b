import { hash } from 'node:crypto';

/**
 * SHA-256 in hex: how api keys and refresh tokens are stored and looked up. A fast hash is enough, since they hold 256 random
 * bits; passwords do not and get argon2id.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
