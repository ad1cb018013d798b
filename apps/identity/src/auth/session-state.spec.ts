import { sessionState } from './session-state.js';

const now = new Date('2026-11-22T12:00:00Z');
const later = new Date('2026-12-22T12:00:00Z');
const fresh = { expiresAt: later, usedAt: null, revokedAt: null };

describe('sessionState', () => {
  it.each([
    ['open', fresh],
    ['reused', { ...fresh, usedAt: now }],
    ['ended', { ...fresh, revokedAt: now }],
    ['ended', { ...fresh, usedAt: now, revokedAt: now }],
    ['expired', { ...fresh, expiresAt: now }],
    ['reused', { ...fresh, expiresAt: now, usedAt: now }],
  ] as const)('is %s for %j', (state, token) => {
    expect(sessionState(token, now)).toBe(state);
  });
});
