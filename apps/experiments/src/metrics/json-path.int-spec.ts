import { jsonPathProblem, parseJsonPath } from '@assay/contracts';
import { createTestDatabase, type TestDatabase } from '@assay/testing';
import fc from 'fast-check';
import pg from 'pg';

/** Our own reading of a path against the server's, in the mode that ours claims to follow. */
describe('parseJsonPath and PostgreSQL', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  async function server(metadata: unknown, path: string): Promise<unknown> {
    const { rows } = await client.query<{ found: unknown }>(
      `select jsonb_path_query_first($1::jsonb, ('strict ' || $2)::jsonpath, silent => true) as found`,
      [JSON.stringify(metadata), path],
    );
    return rows[0]?.found;
  }

  const name = fc.constantFrom(
    'a',
    'b',
    'total',
    'été',
    'net total',
    'x.y',
    'q"uote',
    'back\\slash',
    '',
    'Ünï',
    '日本',
    '$',
    'type',
    'true',
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.oneof(fc.integer(), fc.constantFrom(null, true, 'text', 1.5)),
      fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const step = fc.oneof(
    name.map((text) => (/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(text) ? `.${text}` : `.${JSON.stringify(text)}`)),
    name.map((text) => `.${JSON.stringify(text)}`),
    fc.integer({ min: 0, max: 3 }).map((index) => `[${index}]`),
  );
  const path = fc.array(step, { maxLength: 4 }).map((steps) => `$${steps.join('')}`);

  it('find the same value', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(value, path, async (metadata, text) => {
        const ours = parseJsonPath(text)(metadata);
        if (ours !== undefined) found += 1;
        expect(ours ?? null).toEqual(await server(metadata, text));
      }),
      { numRuns: 600 },
    );
    expect(found).toBeGreaterThan(50);
  });

  it('agree that what we take is a path', async () => {
    const text = fc.string({
      unit: fc.constantFrom('$', '.', '[', ']', '"', '\\', '0', '1', 'a', 'é', '-', ' ', '*', '_', 'u'),
      maxLength: 8,
    });
    const accepted: string[] = [];
    fc.assert(
      fc.property(text, (tail) => {
        if (jsonPathProblem(`$${tail}`) === undefined) accepted.push(`$${tail}`);
      }),
      { numRuns: 5_000 },
    );
    expect(accepted.length).toBeGreaterThan(20);
    for (const one of accepted) await expect(server({}, one)).resolves.toBeDefined();
  });
});
