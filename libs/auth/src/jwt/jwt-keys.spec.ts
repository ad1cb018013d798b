import { generateKeyPairSync } from 'node:crypto';
import { ConfigError } from '@assay/platform';
import { jwtPrivateKey, jwtPublicKey, jwtSecret } from './jwt-keys.js';

const pem = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const;

describe('JWT keys', () => {
  it('takes secrets of 32 bytes and more', () => {
    expect(jwtSecret('x'.repeat(32)).algorithm).toBe('HS256');
    expect(() => jwtSecret('x'.repeat(31))).toThrow(ConfigError);
  });

  it('gives each key its own id, and a pair the same', () => {
    expect(jwtSecret('a'.repeat(32)).kid).not.toBe(jwtSecret('b'.repeat(32)).kid);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem });
    expect(jwtPrivateKey(privateKey)).toMatchObject({ algorithm: 'ES256', kid: jwtPublicKey(publicKey).kid });
    expect(jwtPublicKey(publicKey).signWith).toBeUndefined();
  });

  it('refuses weak or unsuitable keys with one line', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024, ...pem });
    expect(() => jwtPublicKey(weak.publicKey)).toThrow('2,048 bits');
    const edwards = generateKeyPairSync('ed25519', pem);
    expect(() => jwtPrivateKey(edwards.privateKey)).toThrow('EC on P-256');
    expect(() => jwtPrivateKey('not a key')).toThrow('PEM');
  });
});
