import fc from 'fast-check';
import { EventInput } from './event.js';
import { isOrdinaryEvent } from './ordinary-event.js';

const odd = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom<unknown>(
    '',
    'a\u0000b',
    'a\ud800b',
    '\ud83d\ude00',
    'x'.repeat(200),
    'x'.repeat(201),
    'x'.repeat(256),
    'x'.repeat(257),
  ),
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -0,
    1e100,
    -1e100,
    1.1e100,
    1e308,
    Infinity,
    NaN,
    [],
    [1],
    {},
    { a: { b: [1] } },
  ),
  fc.constantFrom<unknown>(
    '2026-02-28T23:59:59Z',
    '2026-02-29T00:00:00Z',
    '2024-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
  ),
  fc.constantFrom<unknown>(
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00.123456789Z',
    '2026-01-01T00:00:00+02:00',
    'now',
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.double(),
  fc.dictionary(fc.string(), fc.jsonValue()),
);
const FIELDS = [
  'id',
  'eventType',
  'userId',
  'timestamp',
  'value',
  'experiment',
  'variant',
  'flag',
  'metadata',
  'other',
];
const anEvent = fc
  .record({
    good: fc.boolean(),
    changes: fc.array(fc.tuple(fc.constantFrom(...FIELDS), odd), { maxLength: 4 }),
  })
  .map(({ good, changes }) => ({ ...(good ? { eventType: 'buy', userId: 'u' } : {}), ...Object.fromEntries(changes) }));

describe('isOrdinaryEvent', () => {
  it('takes nothing that the schema would refuse or change', () => {
    const taken = { count: 0 };
    fc.assert(
      fc.property(fc.oneof({ arbitrary: anEvent, weight: 9 }, odd), (raw) => {
        if (!isOrdinaryEvent(raw)) return;
        taken.count += 1;
        expect(EventInput.parse(raw)).toEqual(raw);
      }),
      { numRuns: 5_000 },
    );
    expect(taken.count).toBeGreaterThan(500);
  });

  it.each([
    [{ eventType: 'buy', userId: 'u-1' }],
    [
      {
        id: 'e-1',
        eventType: '$exposure',
        userId: 'ü',
        timestamp: '2026-11-22T12:00:00.000Z',
        experiment: 'a',
        variant: 'b',
      },
    ],
    [{ id: null, timestamp: null, eventType: 'buy', userId: 'u', experiment: null, metadata: null }],
    [{ eventType: 'buy', userId: 'u', value: -1.5, metadata: { plan: 'pro', deep: [{ a: null }] }, flag: null }],
  ])('knows the events that clients send (%#)', (raw) => expect(isOrdinaryEvent(raw)).toBe(true));

  it.each([
    [{ eventType: 'buy' }],
    [{ userId: 'u' }],
    [[]],
    [null],
    ['buy'],
    [{ eventType: 'b', userId: 'u', colour: 1 }],
  ])('leaves others to the schema (%#)', (raw) => expect(isOrdinaryEvent(raw)).toBe(false));
});
