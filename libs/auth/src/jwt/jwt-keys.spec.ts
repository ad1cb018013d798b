import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ConfigError } from '@assay/platform';
import { jwtPrivateKey, jwtPublicKey, jwtSecret } from './jwt-keys.js';

const publicPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('JWT keys', () => {
  it('takes secrets of 32 bytes and more', () => {
    expect(jwtSecret('x'.repeat(32)).algorithm).toBe('HS256');
    expect(() => jwtSecret('x'.repeat(31))).toThrow(ConfigError);
  });

  it('gives each key its own id, and a pair the same', () => {
    expect(jwtSecret('a'.repeat(32)).kid).not.toBe(jwtSecret('b'.repeat(32)).kid);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(jwtPrivateKey(privatePem(privateKey))).toMatchObject({
      algorithm: 'ES256',
      kid: jwtPublicKey(publicPem(publicKey)).kid,
    });
    expect(jwtPublicKey(publicPem(publicKey)).signWith).toBeUndefined();
  });

  it('refuses weak or unsuitable keys with one line', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    expect(() => jwtPublicKey(publicPem(weak.publicKey))).toThrow('2,048 bits');
    const edwards = generateKeyPairSync('ed25519');
    expect(() => jwtPrivateKey(privatePem(edwards.privateKey))).toThrow('EC on P-256');
    expect(() => jwtPrivateKey('not a key')).toThrow('PEM');
  });
});
