import type { ExperimentDefinition } from '@assay/contracts';
import { BrokenLine } from '../ndjson/broken-line.js';
import { checkEvent, parseEvent, type IntakeContext } from './check-event.js';
import { eventKey } from './event-key.js';
import { withInfiniteAsText } from './infinite-numbers.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const variant = (key: string, id: string) => ({
  id,
  key,
  isControl: key === 'a',
  trafficAllocation: 50,
  configuration: {},
});
const experiment = (status: ExperimentDefinition['status']) =>
  ({
    id: `id-${status}`,
    key: status,
    status,
    environmentId: 'env',
    variants: [variant('a', 'va'), variant('b', 'vb')],
  }) as unknown as ExperimentDefinition;
const running = (['DRAFT', 'ACTIVE', 'PAUSED', 'COMPLETED', 'ARCHIVED'] as const).map(experiment);

const context: IntakeContext = {
  projectId: 'project',
  environmentId: 'env',
  now: NOW,
  newId: (index) => `made-${index}`,
  references: {
    experiment: (key) => running.find((each) => each.key === key || each.id === key),
    flagId: (key) => (key === 'flag' ? 'flag-id' : undefined),
  },
};

function check(raw: unknown, given: Partial<IntakeContext> = {}) {
  const parsed = parseEvent(raw);
  return 'input' in parsed ? checkEvent(parsed.input, 7, { ...context, ...given }) : parsed;
}
const refusal = (raw: unknown, given?: Partial<IntakeContext>) => {
  const checked = check(raw, given);
  return 'refused' in checked ? checked.refused : undefined;
};

const event = { id: 'e1', eventType: 'purchase', userId: 'u1', timestamp: '2026-11-22T11:00:00Z', value: 12.5 };
const exposure = { id: 'x1', eventType: '$exposure', userId: 'u1', experiment: 'ACTIVE', variant: 'b' };

describe('an event', () => {
  it('is accepted with its references resolved', () => {
    expect(check({ ...exposure, flag: 'flag', metadata: { a: [1] } })).toEqual({
      accepted: {
        key: eventKey('project', 'x1'),
        id: 'x1',
        projectId: 'project',
        eventType: '$exposure',
        userId: 'u1',
        at: NOW,
        value: null,
        experimentId: 'id-ACTIVE',
        variantId: 'vb',
        flagId: 'flag-id',
        metadata: { a: [1] },
      },
    });
  });

  it('gets an id when it has none', () => {
    const { id: _id, ...rest } = event;
    const made = { accepted: { id: 'made-7', at: NOW - 3_600_000 } };
    expect(check(rest)).toMatchObject(made);
    expect(check({ ...rest, id: null })).toMatchObject(made);
    expect(check({ ...rest, timestamp: null })).toMatchObject({ accepted: { id: 'made-7', at: NOW } });
  });

  it.each([
    ['no object', 'text', 'validation_failed', 'event'],
    ['an unknown field', { ...event, color: 1 }, 'validation_failed', 'color'],
    ['a missing user', { eventType: 'x' }, 'validation_failed', 'userId'],
    ['an empty user', { ...event, userId: '' }, 'validation_failed', 'userId'],
    ['a 300-character id', { ...event, id: 'x'.repeat(300) }, 'validation_failed', 'id'],
    ['a 257-character user', { ...event, userId: 'x'.repeat(257) }, 'validation_failed', 'userId'],
    ['a NUL in the user', { ...event, userId: 'a\u0000b' }, 'validation_failed', 'userId'],
    ['a NUL in the metadata', { ...event, metadata: { deep: ['\u0000'] } }, 'validation_failed', 'metadata'],
    ['half a pair in the user', { ...event, userId: 'a\ud800b' }, 'validation_failed', 'userId'],
    ['half a pair in the metadata', { ...event, metadata: { deep: ['a\udc00'] } }, 'validation_failed', 'metadata'],
    ['half a pair in a name', { ...event, metadata: { '\ud83d': 1 } }, 'validation_failed', 'metadata'],
    ['a line that is not JSON', new BrokenLine('{"a":', 'is not JSON: no end'), 'invalid_json', 'event'],
    ['a line too long', new BrokenLine('{"a":', 'is longer', 'payload_too_large'), 'payload_too_large', 'event'],
    [
      'an infinite number in the metadata',
      { ...event, metadata: { total: Infinity } },
      'validation_failed',
      'metadata.total',
    ],
    [
      'an infinite number deep in the metadata',
      { ...event, metadata: { no: null, lines: [{ price: 1 }, { price: -Infinity }] } },
      'validation_failed',
      'metadata.lines[1].price: ',
    ],
    ['text as value', { ...event, value: '12' }, 'validation_failed', 'value'],
    ['an infinite value', { ...event, value: Infinity }, 'validation_failed', 'value'],
    ['a value out of range', { ...event, value: 1e300 }, 'validation_failed', 'value'],
    ['a date without time', { ...event, timestamp: '2026-11-22' }, 'validation_failed', 'timestamp'],
    ['the day after tomorrow', { ...event, timestamp: '2026-11-24T12:00:00Z' }, 'timestamp_in_future', 'timestamp'],
    ['the year 0', { ...event, timestamp: '0000-01-01T00:00:00Z' }, 'validation_failed', 'timestamp'],
    ['large metadata', { ...event, metadata: { text: 'ä'.repeat(16_400) } }, 'metadata_too_large', 'metadata'],
    ['an unknown flag', { ...event, flag: 'nope' }, 'unknown_flag', 'flag'],
    ['an unknown experiment', { ...exposure, experiment: 'nope' }, 'unknown_experiment', 'experiment'],
    ['an unknown variant', { ...exposure, variant: 'c' }, 'unknown_variant', 'variant'],
    ['an exposure of nothing', { ...exposure, experiment: null }, 'validation_failed', 'experiment'],
    ['an exposure without variant', { ...exposure, variant: undefined }, 'validation_failed', 'variant'],
    ['a variant without experiment', { ...event, variant: 'a' }, 'validation_failed', 'variant'],
    ['a draft', { ...exposure, experiment: 'DRAFT' }, 'experiment_not_running', 'experiment'],
    ['an archived experiment', { ...exposure, experiment: 'ARCHIVED' }, 'experiment_not_running', 'experiment'],
  ])('is refused for %s, naming the field', (_name, raw, code, field) => {
    const refused = refusal(raw);
    expect(refused?.code).toBe(code);
    expect(refused?.message.startsWith(field)).toBe(true);
  });

  it.each(['ACTIVE', 'PAUSED', 'COMPLETED'])('counts as an exposure while the experiment is %s', (key) => {
    expect(check({ ...exposure, experiment: key })).toHaveProperty('accepted');
  });

  it('may have nothing in its metadata', () => {
    expect(check({ ...event, metadata: { a: null, text: 'null', deep: [{ b: null }] } })).toHaveProperty('accepted');
  });

  it('is on record with its infinite numbers as text, so that it is not taken without them later', () => {
    const sent: unknown = JSON.parse(
      '{"eventType":"buy","userId":"u","value":1e999,"metadata":{"total":-1e999,"n":null}}',
    );
    const kept = withInfiniteAsText(sent);
    expect(kept).toEqual({
      eventType: 'buy',
      userId: 'u',
      value: 'Infinity',
      metadata: { total: '-Infinity', n: null },
    });
    expect(refusal(kept)?.message).toMatch(/^value/);
    expect(withInfiniteAsText(event)).toBe(event);
  });

  it('of another environment is refused', () => {
    expect(refusal(exposure, { environmentId: 'other' })?.code).toBe('wrong_environment');
  });

  it('may hold the text of an escape, and whole surrogate pairs', () => {
    const metadata = { a: 'C:\\u0000', 'b\\ud800': '\\\\ud800', pair: '\ud83d\ude00' };
    expect(check({ ...event, metadata })).toMatchObject({ accepted: { metadata } });
  });

  it('may lie in the past without limit', () => {
    expect(check({ ...event, timestamp: '0001-01-01T00:00:00Z' })).toHaveProperty('accepted');
  });
});

describe('the key of an event', () => {
  it('is a version 8 UUID made of project and id alone', () => {
    expect(eventKey('p', 'a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventKey('p', 'a')).toBe(eventKey('p', 'a'));
    expect(new Set([eventKey('p', 'a'), eventKey('q', 'a'), eventKey('p', 'b'), eventKey('pa', '')]).size).toBe(4);
  });
});
