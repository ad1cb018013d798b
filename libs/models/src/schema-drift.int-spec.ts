import { openTestOrm, type TestOrm } from '@assay/testing';
import { schemaDrift } from './schema-drift.js';

describe('schemaDrift', () => {
  let test: TestOrm;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  afterAll(() => test.close());

  it('finds none between migrations and entities', async () => {
    expect(await schemaDrift(test.orm)).toEqual([]);
  });

  // They add up in the one database: each looks for its own.
  it.each([
    ['a missing column', 'alter table experimentation.metrics drop column quantile', /"quantile"/],
    ['a foreign column', 'alter table experimentation.metrics add column mood text', /"mood"/],
    ['another type', 'alter table experimentation.metrics alter column delay_hours type real', /"delay_hours"/],
    ['another default', `alter table experimentation.flag_revisions alter column change set default 'x'`, /"change"/],
    [
      'a column that may be null',
      'alter table experimentation.segments alter column condition drop not null',
      /"condition"/,
    ],
    ['a missing index', 'drop index experimentation.experiments_status_dates_index', /experiments_status_dates_index/],
    [
      'a missing unique key',
      'alter table experimentation.roles drop constraint roles_name_unique',
      /roles_name_unique/,
    ],
    ['a missing check', 'alter table experimentation.metrics drop constraint metrics_role_check', /metrics_role_check/],
    [
      'a missing foreign key',
      'alter table experimentation.segments drop constraint segments_project_id_foreign',
      /segments_project_id_foreign/,
    ],
    ['a foreign table', 'create table experimentation.scratch (id int)', /"scratch"/],
  ])('reports %s', async (_what, change, expected) => {
    await test.orm.em.getConnection().execute(change);
    expect((await schemaDrift(test.orm)).join('\n')).toMatch(expected);
  });
});
