import { openTestOrm, type TestOrm } from '@assay/testing';

describe('indexes', () => {
  let test: TestOrm;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  afterAll(() => test.close());

  const rows = <T>(sql: string) => test.fork().execute<T[]>(sql);

  it.each([
    ['experiments_status_dates_index', 'btree (status, start_date, end_date)', false],
    ['experiments_owner_status_index', 'btree (owner_id, status)', false],
    ['assignments_experiment_user_unique', 'btree (experiment_id, user_id)', true],
    ['events_user_type_index', 'btree (user_id, event_type, created_at)', false],
    ['events_experiment_type_index', 'btree (experiment_id, event_type) WHERE (experiment_id IS NOT NULL)', false],
  ])('has the index %s of the models overview', async (name, definition, unique) => {
    const [index] = await rows<{ definition: string; unique: boolean }>(
      `select pg_get_indexdef(indexrelid) as definition, indisunique as unique
       from pg_index where indexrelid = 'experimentation.${name}'::regclass and indisvalid`,
    );
    expect(index?.definition.split(' USING ')[1]).toBe(definition);
    expect(index?.unique).toBe(unique);
  });

  it('has no other index on events than those that were chosen, because each slows every insert', async () => {
    const names = await rows<{ name: string }>(
      `select indexrelid::regclass::text as name from pg_index where indrelid = 'experimentation.events'::regclass`,
    );
    expect(names.map(({ name }) => name).sort()).toEqual(
      ['events_experiment_type_index', 'events_pkey', 'events_stored_index', 'events_user_type_index'].map(
        (name) => `experimentation.${name}`,
      ),
    );
  });

  it('has an index that starts with the columns of every foreign key, but for two of events', async () => {
    // Deleting a variant or a flag scans the events: rare, and cheaper than two more indexes at every insert.
    const missing = await rows<{ key: string }>(`
      select conname as key from pg_constraint fk
      where contype = 'f' and connamespace = 'experimentation'::regnamespace and conparentid = 0
        and not exists (
          select 1 from pg_index
          where indrelid = fk.conrelid
            and (indpred is null or pg_get_expr(indpred, indrelid) = '(experiment_id IS NOT NULL)')
            and (indkey::int2[])[0] = any (fk.conkey)
        )
      order by 1`);
    expect(missing.map(({ key }) => key)).toEqual(['events_feature_flag_id_foreign', 'events_variant_id_foreign']);
  });
});
