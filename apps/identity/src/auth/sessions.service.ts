import { randomBytes } from 'node:crypto';
import { AccessTokens, hashSecret, PasswordHasher } from '@assay/auth';
import { AppError, type Actor, type Login, type Tokens } from '@assay/contracts';
import { SCHEMA, Session, User } from '@assay/models';
import { Clock, type CallOrigin } from '@assay/platform';
import { EntityManager, LockMode, ref } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import type { Caller } from '../changes/caller.js';
import { ChangeJournal, type Change, type Note } from '../changes/change-journal.js';
import { findByLogin } from '../users/find-user.js';
import { endSessions } from './end-sessions.js';
import { LoginThrottle } from './login-throttle.js';
import { sessionState } from './session-state.js';

const SESSION_DAYS = 30;
const DAY_MS = 86_400_000;
/** Longest user agent that is kept. */
const USER_AGENT_LENGTH = 300;

/** Logins, and the refresh tokens that carry them on: only hashes are stored, each is good for one use. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly em: EntityManager,
    private readonly journal: ChangeJournal,
    private readonly passwords: PasswordHasher,
    private readonly accessTokens: AccessTokens,
    private readonly throttle: LoginThrottle,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `unauthenticated`, the same and after the same time whatever was wrong; `rate_limited` */
  async login(caller: Caller, { username, password }: Login): Promise<Tokens> {
    const ip = caller.origin?.ip ?? '';
    this.throttle.begin(username, ip);
    const user = await findByLogin(this.em.fork(), username);
    const fits = await this.passwords.verify(user?.hashedPassword, password);
    if (user === null || !fits || !user.isActive) {
      throw AppError.unauthenticated('The user name or the password is not right.');
    }
    this.throttle.succeeded(username, ip);
    return this.open(caller, user);
  }

  /** @throws AppError `unauthenticated` */
  async refresh(caller: Caller, refreshToken: string): Promise<Tokens> {
    const tokens = await this.journal.commit(caller, async (em, note) => {
      const used = await lockToken(em, refreshToken);
      if (used === null) return undefined;
      const user = await used.user.loadOrFail();
      const now = this.clock.now();
      const state = sessionState(used, now);
      if (state === 'reused') await this.end(em, note, used, user, 'user.session_stolen');
      if (state !== 'open' || !user.isActive) return undefined;
      used.usedAt = now;
      return this.tokens(em, caller.origin, { user, familyId: used.familyId, expiresAt: used.expiresAt });
    });
    if (tokens === undefined) throw AppError.unauthenticated('The refresh token is not good any more: log in again.');
    return tokens;
  }

  /** Silent about tokens it does not know. */
  async logout(caller: Caller, refreshToken: string): Promise<void> {
    await this.journal.commit(caller, async (em, note) => {
      const token = await lockToken(em, refreshToken);
      if (token === null || token.revokedAt !== null) return;
      await this.end(em, note, token, await token.user.loadOrFail(), 'user.logged_out');
    });
  }

  private async open(caller: Caller, user: User): Promise<Tokens> {
    const now = this.clock.now();
    return this.journal.commit(caller, async (em, note) => {
      await em.nativeDelete(Session, { user: user.id, expiresAt: { $lt: now } });
      // By hand, so that a login is no new version of the user.
      await em.execute(`update ${SCHEMA}.users set last_login = ? where id = ?`, [now, user.id], 'run');
      const expiresAt = new Date(now.getTime() + SESSION_DAYS * DAY_MS);
      const tokens = await this.tokens(em, caller.origin, { user, familyId: v7(), expiresAt });
      await note({ ...sessionChange(user, 'user.logged_in'), change: 'none' }, actorOf(user));
      return tokens;
    });
  }

  /** A session ends at a fixed time, however often its token is traded. */
  private async tokens(
    em: EntityManager,
    origin: CallOrigin | undefined,
    { user, familyId, expiresAt }: { user: User; familyId: string; expiresAt: Date },
  ): Promise<Tokens> {
    const refreshToken = `assay_rt_${randomBytes(32).toString('base64url')}`;
    em.create(Session, {
      id: v7(),
      user: ref(em.getReference(User, user.id)),
      familyId,
      tokenHash: hashSecret(refreshToken),
      expiresAt,
      usedAt: null,
      revokedAt: null,
      userAgent: origin?.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
      ip: origin?.ip ?? null,
    });
    const accessToken = await this.accessTokens.sign({ userId: user.id, sessionId: familyId });
    return { accessToken, tokenType: 'Bearer', expiresIn: this.accessTokens.expiresIn, refreshToken };
  }

  private async end(em: EntityManager, note: Note, token: Session, user: User, action: string): Promise<void> {
    await endSessions(em, { userId: user.id, familyId: token.familyId, now: this.clock.now() });
    await note(sessionChange(user, action), actorOf(user));
  }
}

function lockToken(em: EntityManager, refreshToken: string): Promise<Session | null> {
  const where = { tokenHash: hashSecret(refreshToken) };
  return em.findOne(Session, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

const sessionChange = (user: User, action: string): Change => ({
  resource: 'user',
  change: 'updated',
  action,
  id: user.id,
  key: user.username,
});

const actorOf = (user: User): Actor => ({
  kind: 'user',
  id: user.id,
  name: user.username,
  isSuperuser: user.isSuperuser,
  permissions: new Set(),
});
