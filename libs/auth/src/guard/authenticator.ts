import { AppError, type Actor } from '@assay/contracts';
import { Clock, type AssayRequest } from '@assay/platform';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Directory } from '../directory/directory.js';
import { KeyUse } from '../directory/key-use.js';
import { JwtGuard } from '../jwt/jwt.guard.js';
import { hashSecret } from '../secrets/hash-secret.js';
import { keyActor, userActor, type UserActor } from './actors.js';
import { credentialOf } from './credential.js';

/** Finds out who makes a request. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly directory: Directory,
    private readonly jwt: JwtGuard,
    private readonly keyUse: KeyUse,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `unauthenticated` */
  async authenticate(context: ExecutionContext): Promise<Actor> {
    const credential = credentialOf(context.switchToHttp().getRequest<AssayRequest>().headers);
    if (credential.kind === 'none') throw AppError.unauthenticated();
    if (credential.kind === 'malformed') throw AppError.unauthenticated(credential.message);
    if (credential.kind === 'api_key') return this.byKey(credential.key);
    const { userId, sessionId } = await this.jwt.claims(context);
    const user = await this.activeUser(userId, sessionId);
    if (user === undefined) throw AppError.unauthenticated('The session has ended: log in again.');
    return user;
  }

  private async byKey(key: string): Promise<Actor> {
    const record = await this.directory.apiKey(hashSecret(key));
    const now = this.clock.now().getTime();
    if (record === undefined || record.revoked || (record.expiresAt ?? Infinity) <= now) throw notValid();
    this.keyUse.note(record.id, now);
    if (record.kind !== 'personal') {
      if (record.scope === null) throw notValid();
      return keyActor(record, record.kind, record.scope);
    }
    const user = record.userId === null ? undefined : await this.activeUser(record.userId, null);
    if (user === undefined) throw notValid();
    return user;
  }

  private async activeUser(id: string, sessionId: string | null): Promise<UserActor | undefined> {
    const user = await this.directory.user(id, sessionId);
    return user?.isActive === true && user.sessionOpen ? userActor(user, sessionId) : undefined;
  }
}

/** One answer, whatever is wrong with the key. */
const notValid = (): AppError => AppError.unauthenticated('The api key is not known, has expired or was revoked.');
