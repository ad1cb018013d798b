import type { Experiment, Metric, MetricOfExperiment, Page, Variant } from '@assay/contracts';
import type { Answer } from '@assay/testing';
import { experimentBody } from '../testing/experiment-body.js';
import { startExperiments, type ExperimentsApp } from '../testing/experiments-app.js';

let app: ExperimentsApp;

beforeAll(async () => {
  app = await startExperiments();
});
afterAll(() => app.close());

async function make(change: object = {}): Promise<Experiment> {
  const { status, body } = await app.call('POST', '/experiments', { body: experimentBody(change) });
  expect(status).toBe(201);
  return body;
}

describe('GET /experiments', () => {
  const list = async (query: string): Promise<string[]> => {
    const { status, body } = await app.call<Page<Experiment>>('GET', `/experiments?${query}`);
    expect(status).toBe(200);
    return body.items.map(({ key }) => key);
  };

  it('filters by status, type, tag, owner, environment and text', async () => {
    const { key } = await make({ tags: ['only-here', 'b"]'], name: 'Findable 100%_' });
    const staged = await make({ environment: 'staging', tags: ['only-here'] });
    expect(await list('tag=only-here')).toEqual([key]);
    expect(await list('tag=only')).toEqual([]);
    expect(await list(`tag=${encodeURIComponent('b"]')}`)).toEqual([key]);
    expect(await list('tag=only-here&environment=staging')).toEqual([staged.key]);
    expect(await list('tag=only-here&status=ACTIVE,DRAFT')).toEqual([key]);
    expect(await list('tag=only-here&status=ACTIVE')).toEqual([]);
    expect(await list('tag=only-here&type=BANDIT')).toEqual([]);
    expect(await list(`tag=only-here&owner=${app.owner.username}`)).toEqual([key]);
    expect(await list(`tag=only-here&owner=${app.owner.id}`)).toEqual([key]);
    expect(await list('tag=only-here&owner=nobody')).toEqual([]);
    expect(await list(`q=${encodeURIComponent('findable 100%_')}`)).toEqual([key]);
    expect(await list('q=findable 1000')).toEqual([]);
  });

  it('goes through all of them page by page, whole and in order', async () => {
    for (let index = 0; index < 5; index += 1) await make({ tags: ['paged'], name: `Name ${index % 2}` });
    for (const sort of ['-createdAt', 'name', '-name', 'key', 'updatedAt', 'status']) {
      const seen: Experiment[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Answer<Page<Experiment>> = await app.call(
          'GET',
          `/experiments?tag=paged&sort=${sort}&limit=2&cursor=${cursor}`.replace(/&cursor=$/, ''),
        );
        expect(page.body.total).toBe(5);
        seen.push(...page.body.items);
        cursor = page.body.nextCursor;
      }
      expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
      expect(seen.every(({ variants, metrics }) => variants.length === 2 && metrics.length === 2)).toBe(true);
      if (sort === 'key') expect(seen.map(({ key }) => key)).toEqual(seen.map(({ key }) => key).sort());
    }
  });
});

describe('parts of an experiment', () => {
  it('lists variants, its metrics, and the metrics of all experiments', async () => {
    const { id, key, variants, metrics } = await make({
      metrics: [{ name: 'rare', eventName: 'rare_event', metricType: 'COUNT' }],
    });
    expect((await app.call<Page<Variant>>('GET', `/experiments/${key}/variants`)).body).toEqual({
      items: variants,
      nextCursor: null,
      total: 2,
    });
    expect((await app.call<Page<Metric>>('GET', `/experiments/${id}/metrics`)).body).toEqual({
      items: metrics,
      nextCursor: null,
      total: 1,
    });
    const second = await app.call<Page<Variant>>('GET', `/experiments/${key}/variants?limit=1&sort=-key&q=GATE`);
    expect(second.body).toMatchObject({ items: [{ key: 'gate_40' }], total: 2 });
    const cursor = second.body.nextCursor ?? '';
    const first = await app.call<Page<Variant>>(
      'GET',
      `/experiments/${key}/variants?limit=1&sort=-key&cursor=${cursor}`,
    );
    expect(first.body).toMatchObject({ items: [{ key: 'gate_30' }], nextCursor: null });
    expect((await app.call<Page<Metric>>('GET', `/experiments/${id}/metrics?sort=role&q=nothing`)).body.total).toBe(0);
    const all = await app.call<Page<MetricOfExperiment>>('GET', '/metrics?eventName=rare_event');
    expect(all.body.items).toEqual([{ ...metrics[0], experimentId: id, experimentKey: key }]);
    const named = await app.call<Page<MetricOfExperiment>>(
      'GET',
      `/metrics?experiment=${key}&type=COUNT&q=RARE&sort=-createdAt`,
    );
    expect(named.body.items).toEqual(all.body.items);
    expect(
      (await app.call<Page<MetricOfExperiment>>('GET', '/metrics?eventName=rare_event&project=other')).body.total,
    ).toBe(0);
  });
});
