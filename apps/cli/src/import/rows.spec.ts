import { EXPOSURE, type EventInput } from '@assay/contracts';
import fc from 'fast-check';
import { batches, type RowEvents } from './batches.js';
import type { CsvRow } from './csv-rows.js';
import { contentId, Occurrences } from './event-id.js';
import type { ImportPlan } from './import-plan.js';
import { rowEvents } from './row-events.js';
import { survey } from './survey.js';

const plan: ImportPlan = {
  experiment: 'cookie',
  unitColumn: 'user',
  unitIndex: 0,
  variantColumn: 'arm',
  variantIndex: 1,
  variantKeys: new Map([
    ['A', 'a'],
    ['B', 'b'],
  ]),
  timeColumn: 'when',
  timeIndex: 2,
  dimensions: [],
  metrics: [
    { column: 'bought', index: 3, aggregation: 'exists', eventName: 'cookie.bought' },
    { column: 'spent', index: 4, aggregation: 'sum', eventName: 'cookie.spent' },
  ],
};

const eventsOf = (rows: readonly string[][]): EventInput[] => {
  const occurrences = new Occurrences();
  return rows.flatMap((row) => {
    const events = rowEvents(row, plan, occurrences);
    if (!Array.isArray(events)) throw new Error(JSON.stringify(events));
    return events;
  });
};
const idsOf = (rows: readonly string[][]): string[] => eventsOf(rows).map(({ id }) => id as string);

describe('a row', () => {
  it('becomes an exposure and the events of its metrics, at its time', () => {
    const events = eventsOf([['u1', 'A', '2017-01-02 03:04:05.678901', '1', '12.5']]);
    expect(events.map(({ id: _id, ...event }) => event)).toEqual([
      { eventType: EXPOSURE, userId: 'u1', timestamp: '2017-01-02T03:04:05.678Z', experiment: 'cookie', variant: 'a' },
      { eventType: 'cookie.bought', userId: 'u1', timestamp: '2017-01-02T03:04:05.678Z' },
      { eventType: 'cookie.spent', userId: 'u1', timestamp: '2017-01-02T03:04:05.678Z', value: 12.5 },
    ]);
  });

  it('without anything to tell is an exposure alone', () => {
    expect(eventsOf([['u1', 'B', '2017-01-02', 'FALSE', '0']])).toHaveLength(1);
  });

  it('that cannot be used names its column', () => {
    expect(rowEvents([' ', 'A', '2017-01-02', '1', '1'], plan, new Occurrences())).toMatchObject({ column: 'user' });
    expect(rowEvents(['u', 'C', '2017-01-02', '1', '1'], plan, new Occurrences())).toMatchObject({ column: 'arm' });
    expect(rowEvents(['u', 'A', 'soon', '1', '1'], plan, new Occurrences())).toMatchObject({ column: 'when' });
    expect(rowEvents(['u', 'A', '2017-01-02', '1', 'x'], plan, new Occurrences())).toMatchObject({ column: 'spent' });
  });
});

describe('ids', () => {
  const row = fc.tuple(
    fc.constantFrom('u1', 'u2', 'u3'),
    fc.constantFrom('A', 'B'),
    fc.constantFrom('2017-01-02', '2017-01-03'),
    fc.constantFrom('0', '1'),
    fc.constantFrom('0', '5', '7.25'),
  );
  const rows = fc.array(row, { maxLength: 30 });

  it('are the same when the file comes again, in whatever order', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (given, chances) => {
        const shuffled = given
          .map((value) => ({ value, at: chances.next().value as number }))
          .sort((one, two) => one.at - two.at)
          .map(({ value }) => value);
        expect(idsOf(shuffled).sort()).toEqual(idsOf(given).sort());
      }),
    );
  });

  it('of metric events are all different: two equal purchases are two', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const ids = eventsOf(given).flatMap(({ id, eventType }) => (eventType === EXPOSURE ? [] : [id]));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('of exposures are one per unit, variant and time, so that a unit seen in two variants stays visible', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const ids = new Set(eventsOf(given).flatMap(({ id, eventType }) => (eventType === EXPOSURE ? [id] : [])));
        expect(ids.size).toBe(new Set(given.map(([unit, variant, time]) => `${unit} ${variant} ${time}`)).size);
      }),
    );
  });

  it('are UUIDs and depend on where each part ends', () => {
    expect(contentId(['a', 'b'])).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(contentId(['ab', 'c'])).not.toBe(contentId(['a', 'bc']));
  });
});

describe('batches', () => {
  async function* from(given: readonly RowEvents[]): AsyncGenerator<RowEvents> {
    for (const row of given) yield await Promise.resolve(row);
  }

  it('lose nothing, keep the order, and hold no more than the limits allow', async () => {
    const event = fc.record({
      eventType: fc.constant('e'),
      userId: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
    });
    const given = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        given,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 400, max: 2_000 }),
        async (rows, events, bytes) => {
          const numbered = rows.map((row, index) => ({ line: index + 2, events: row }));
          const sent: unknown[] = [];
          const lines: number[] = [];
          let rowCount = 0;
          for await (const batch of batches(from(numbered), { events, bytes })) {
            const parsed = (JSON.parse(batch.body) as { events: unknown[] }).events;
            expect(parsed).toHaveLength(batch.events);
            expect(batch.events).toBeLessThanOrEqual(events);
            expect(Buffer.byteLength(batch.body)).toBeLessThanOrEqual(bytes);
            sent.push(...parsed);
            lines.push(...batch.lines);
            rowCount += batch.rows;
          }
          expect(sent).toEqual(rows.flat());
          expect(lines).toEqual(numbered.flatMap(({ line, events: all }) => all.map(() => line)));
          expect(rowCount).toBe(rows.length);
        },
      ),
    );
  });
});

describe('the survey of a file', () => {
  async function* file(...rows: string[][]): AsyncGenerator<CsvRow> {
    let line = 0;
    for (const cells of rows) yield await Promise.resolve({ cells, line: (line += 1) });
  }
  const header = ['user', 'arm', 'when', 'bought', 'spent'];
  const options = { unit: 'user', variant: 'arm', timestamp: 'when', metric: ['bought', 'spent:sum'] };
  const good = ['u1', 'A', '2017-01-02', '1', '5'];

  it('tells variants, columns and what each metric is', async () => {
    expect(await survey(file(header, good, ['u2', 'B', '2017-01-02', '0', '']), options)).toEqual({
      rows: 2,
      variants: new Set(['A', 'B']),
      dimensions: [],
      unitIndex: 0,
      variantIndex: 1,
      timeIndex: 2,
      metrics: [
        { column: 'bought', index: 3, aggregation: 'exists' },
        { column: 'spent', index: 4, aggregation: 'sum' },
      ],
    });
  });

  it('finds the line of the first fault', async () => {
    const faults: [string[], string][] = [
      [['', 'A', '2017-01-02', '1', '5'], "Line 3, column 'user': the unit is empty."],
      [
        ['u'.repeat(257), 'A', '2017-01-02', '1', '5'],
        "Line 3, column 'user': the unit is longer than 256 characters.",
      ],
      [['u2', '', '2017-01-02', '1', '5'], "Line 3, column 'arm': the variant is empty."],
      [['u2', 'A', 'never', '1', '5'], "Line 3, column 'when': 'never' is not a time such as 2017-01-21 22:11:48."],
      [['u2', 'A', '2017-01-02', '1', 'five'], "Line 3, column 'spent': 'five' is not a number."],
      [
        ['u2', 'A', '2017-01-02', '7', '5'],
        "Line 3, column 'bought': '7' is a number; say what to make of it, for example --metric bought:sum.",
      ],
      [
        ['u2', 'A', '2017-01-02', 'x', '5'],
        "Line 3, column 'bought': 'x' is neither true nor false; say how to read it, for example --metric bought:count.",
      ],
    ];
    for (const [row, message] of faults)
      await expect(survey(file(header, good, row), options)).rejects.toThrow(message);
  });

  it('refuses what it cannot be about', async () => {
    await expect(survey(file(), options)).rejects.toThrow('The file is empty.');
    await expect(survey(file(header), options)).rejects.toThrow('no rows');
    await expect(survey(file(header, good), { ...options, unit: 'id' })).rejects.toThrow(
      "--unit: the file has no column 'id'. Its columns are: user, arm, when, bought, spent.",
    );
    await expect(survey(file(header, good), { ...options, variant: 'group' })).rejects.toThrow('--variant');
    await expect(survey(file(header, good), { ...options, timestamp: 'time' })).rejects.toThrow('--timestamp');
    await expect(survey(file(header, good), { ...options, metric: ['spent:sum', 'spent:max'] })).rejects.toThrow(
      "names the column 'spent' twice",
    );
  });
});
