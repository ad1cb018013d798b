import {
  experimentChanged,
  type AuditRecord,
  type Experiment,
  type ExperimentChanged,
  type ExperimentRevision,
  type Page,
} from '@assay/contracts';
import { experimentBody } from '../testing/experiment-body.js';
import { startExperiments, type ExperimentsApp } from '../testing/experiments-app.js';
import { publishedOf, startedExperiment } from '../testing/started-experiment.js';

let app: ExperimentsApp;

beforeAll(async () => {
  app = await startExperiments();
});
afterAll(() => app.close());

const post = (path: string, body: object = {}) => app.call('POST', path, { body });
const started = (): Promise<Experiment> => startedExperiment(app);
const read = async (id: string): Promise<Experiment> => (await app.call('GET', `/experiments/${id}`)).body;

describe('what every change tells', () => {
  it('is a revision with the whole definition, which says who and why', async () => {
    const { id } = await started();
    await app.call('PATCH', `/experiments/${id}`, { body: { name: 'Second name' } });
    const { body } = await app.call<Page<ExperimentRevision>>('GET', `/experiments/${id}/revisions?limit=2`);
    expect(body.total).toBe(3);
    expect(body.items.map(({ version, change }) => [version, change])).toEqual([
      [3, 'updated'],
      [2, 'started'],
    ]);
    expect(body.items[0]?.definition).toEqual(await read(id));
    expect(body.items[1]?.definition).toMatchObject({ name: 'Gate at level 40', status: 'ACTIVE', version: 2 });
    const rest = await app.call<Page<ExperimentRevision>>(
      'GET',
      `/experiments/${id}/revisions?limit=2&cursor=${body.nextCursor}`,
    );
    expect(rest.body.items.map(({ version, change, actorId }) => [version, change, actorId])).toEqual([
      [1, 'created', app.owner.id],
    ]);
    expect(rest.body.nextCursor).toBeNull();
    const versions = async (query: string) =>
      (await app.call<Page<ExperimentRevision>>('GET', `/experiments/${id}/revisions?${query}`)).body.items.map(
        ({ version }) => version,
      );
    expect(await versions('sort=version')).toEqual([1, 2, 3]);
    expect(await versions('sort=-createdAt&q=START')).toEqual([2]);
  });

  it('is the definition for the other services, version by version', async () => {
    const { id } = await started();
    await post(`/experiments/${id}/amendments`, { change: { coverage: 30 }, reason: 'because' });
    await post(`/experiments/${id}/pause`);
    const messages = await publishedOf<ExperimentChanged>(app, id, 'experiment.changed');
    expect(
      messages.map(({ deleted, definition }) => [deleted, definition.version, definition.status, definition.coverage]),
    ).toEqual([
      [false, 1, 'DRAFT', 100],
      [false, 2, 'ACTIVE', 100],
      [false, 3, 'ACTIVE', 30],
      [false, 4, 'PAUSED', 30],
    ]);
    for (const message of messages) expect(experimentChanged.schema.safeParse(message).success).toBe(true);
    const { variants, metrics, key } = await read(id);
    expect(messages.at(-1)?.definition).toMatchObject({
      key,
      salt: key,
      metrics,
      variants: variants.map(({ id: variantId }) => ({ id: variantId })),
    });
  });

  it('is an audit record with before and after', async () => {
    const { id, key } = await started();
    await app.call('PATCH', `/experiments/${id}`, { body: { name: 'After' } });
    const records = await publishedOf<AuditRecord>(app, id, 'audit');
    expect(records.map(({ action }) => action)).toEqual([
      'experiment.created',
      'experiment.started',
      'experiment.updated',
    ]);
    expect(records.at(-1)).toMatchObject({
      actorKind: 'user',
      actorId: app.owner.id,
      actorName: app.owner.username,
      resourceType: 'experiment',
      resourceId: id,
      resourceKey: key,
      before: { name: 'Gate at level 40' },
      after: { name: 'After' },
      ip: '127.0.0.1',
      traceId: expect.stringMatching(/\S/) as string,
    });
  });

  it('is told of a deletion as well, and not of what was refused', async () => {
    const { body: draft } = await post('/experiments', experimentBody());
    await app.call('PATCH', `/experiments/${draft.id}`, { body: { name: '' } });
    await app.call('DELETE', `/experiments/${draft.id}`);
    const messages = await publishedOf<ExperimentChanged>(app, draft.id, 'experiment.changed');
    expect(messages.map(({ deleted, definition }) => [deleted, definition.version])).toEqual([
      [false, 1],
      [true, 1],
    ]);
    const records = await publishedOf<AuditRecord>(app, draft.id, 'audit');
    expect(records.map(({ action, after }) => [action, after === null])).toEqual([
      ['experiment.created', false],
      ['experiment.deleted', true],
    ]);
  });
});
