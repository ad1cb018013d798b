import { validate, version } from 'uuid';
import { messageId } from './message-id.js';

describe('messageId', () => {
  it('makes valid UUIDs of version 7 that carry the time', () => {
    const now = Date.UTC(2026, 10, 22, 12);
    const id = messageId(now);
    expect(validate(id)).toBe(true);
    expect(version(id)).toBe(7);
    expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
  });

  it('never makes one twice', () => {
    expect(new Set(Array.from({ length: 50_000 }, () => messageId(1_700_000_000_000))).size).toBe(50_000);
  });
});
