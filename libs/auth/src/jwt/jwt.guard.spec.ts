import 'reflect-metadata';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { AppError } from '@assay/contracts';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { JwtService } from '@nestjs/jwt';
import { AccessTokens } from './access-tokens.js';
import { jwtPrivateKey, jwtPublicKey, jwtSecret } from './jwt-keys.js';
import { strategyName, type JwtSettings } from './jwt-settings.js';
import { CLAIMS_PROPERTY, JwtGuard } from './jwt.guard.js';
import { JwtStrategy } from './jwt.strategy.js';

/** A process with these settings: it signs, and says who a token is of (or the message of its refusal). */
function processWith(jwt: JwtSettings) {
  new JwtStrategy({ jwt });
  const guard = new JwtGuard({ defaultStrategy: strategyName(jwt), property: CLAIMS_PROPERTY });
  return {
    sign: () => new AccessTokens({ jwt }).sign(claims),
    read: async (token: string): Promise<unknown> => {
      const request = { headers: { authorization: `Bearer ${token}` } };
      try {
        return await guard.claims(new ExecutionContextHost([request, {}]));
      } catch (error) {
        return error instanceof AppError && error.kind === 'unauthenticated' ? error.message : error;
      }
    },
  };
}

const claims = { userId: randomUUID(), sessionId: randomUUID() };
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const [oldKey, newKey] = [jwtSecret('the old secret'.repeat(3)), jwtSecret('the new secret'.repeat(3))];
const INVALID = 'The access token is not valid.';

describe('access tokens', () => {
  it('are read by every process with the key, public or shared', async () => {
    const identity = processWith({ keys: [jwtPrivateKey(privatePem)] });
    const gateway = processWith({ keys: [jwtPublicKey(publicPem)] });
    expect(await gateway.read(await identity.sign())).toEqual(claims);
    await expect(gateway.sign()).rejects.toThrow('no private key');
  });

  it('outlive a change of the key as long as the old one is listed', async () => {
    const before = processWith({ keys: [oldKey] });
    const during = processWith({ keys: [newKey, oldKey] });
    const after = processWith({ keys: [newKey] });
    const [oldToken, newToken] = [await before.sign(), await during.sign()];
    expect(await during.read(oldToken)).toEqual(claims);
    expect(await after.read(newToken)).toEqual(claims);
    expect(await after.read(oldToken)).toBe(INVALID);
    expect(await before.read(newToken)).toBe(INVALID);
  });

  it('are good for one issuer and audience', async () => {
    const token = await processWith({ keys: [oldKey] }).sign();
    expect(await processWith({ keys: [oldKey], issuer: 'elsewhere' }).read(token)).toBe(INVALID);
    expect(await processWith({ keys: [oldKey], audience: 'elsewhere' }).read(token)).toBe(INVALID);
  });

  it('expire, and say so', async () => {
    const token = await processWith({ keys: [oldKey], accessTokenSeconds: -1 }).sign();
    expect(await processWith({ keys: [oldKey] }).read(token)).toContain('expired');
  });

  it('cannot be signed with a public key taken for a secret', async () => {
    const key = jwtPublicKey(publicPem);
    const forged = new JwtService().sign(
      {},
      {
        secret: publicPem,
        algorithm: 'HS256',
        keyid: key.kid,
        issuer: 'assay',
        audience: 'assay',
        subject: claims.userId,
      },
    );
    expect(await processWith({ keys: [key, oldKey] }).read(forged)).toBe(INVALID);
  });

  it('have to say whose they are', async () => {
    const { kid, signWith } = oldKey;
    const options = { algorithm: 'HS256', keyid: kid, issuer: 'assay', audience: 'assay', expiresIn: 60 } as const;
    const nobodys = new JwtService().sign(
      {},
      { ...options, ...(signWith === undefined ? {} : { privateKey: signWith }) },
    );
    expect(await processWith({ keys: [oldKey] }).read(nobodys)).toBe(INVALID);
    expect(await processWith({ keys: [oldKey] }).read('a.b.c')).toBe(INVALID);
  });
});
