import { Clock, TextMemo } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { hashSecret } from '../secrets/hash-secret.js';
import { Directory } from '../directory/directory.js';
import { KeyUse } from '../directory/key-use.js';
import type { KeyRecord } from '../directory/records.js';
import { keyActor, type KeyActor } from './actors.js';
import { credentialOf, type Credential, type Headers } from './credential.js';

/** A program that has shown its key, and the hash by which the key is known. */
export interface KnownKey {
  readonly actor: KeyActor;
  readonly keyHash: string;
}

const hashOf = (credential: Credential): string | null =>
  credential.kind === 'api_key' ? hashSecret(credential.key) : null;
const ofAuthorization = new TextMemo((authorization) => hashOf(credentialOf({ authorization })));
const ofApiKey = new TextMemo((key) => hashOf(credentialOf({ 'x-api-key': key })));

/** The SHA-256 of the api key that a request shows; undefined when it shows none. */
export function apiKeyHash(headers: Headers): string | undefined {
  const { authorization, 'x-api-key': key } = headers;
  if (typeof authorization === 'string' && authorization !== '') return ofAuthorization.of(authorization) ?? undefined;
  return typeof key === 'string' ? (ofApiKey.of(key) ?? undefined) : undefined;
}

/** For hot paths: who asks, as far as that is known without waiting. The guard decides everything else. */
@Injectable()
export class KeyAccess {
  private readonly actors = new WeakMap<KeyRecord, KeyActor>();

  constructor(
    private readonly directory: Directory,
    private readonly keyUse: KeyUse,
    private readonly clock: Clock,
  ) {}

  /** A good server or client key that is in memory. Undefined says nothing: ask the guard. */
  known(headers: Headers): KnownKey | undefined {
    const keyHash = apiKeyHash(headers);
    if (keyHash === undefined) return undefined;
    const record = this.directory.apiKey(keyHash);
    if (record === undefined) return undefined;
    if (record instanceof Promise) {
      // Whoever goes the ordinary way waits for the same look-up, and hears of its failure.
      record.catch(() => undefined);
      return undefined;
    }
    const now = this.clock.now().getTime();
    if (record.revoked || record.scope === null || record.kind === 'personal') return undefined;
    if ((record.expiresAt ?? Infinity) <= now) return undefined;
    this.keyUse.note(record.id, now);
    let actor = this.actors.get(record);
    if (actor === undefined) {
      actor = keyActor(record, record.kind, record.scope);
      this.actors.set(record, actor);
    }
    return { actor, keyHash };
  }
}
