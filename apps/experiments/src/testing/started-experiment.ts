import type { Experiment } from '@assay/contracts';
import { experimentBody } from './experiment-body.js';
import type { ExperimentsApp } from './experiments-app.js';

/** An experiment that has been created and started through the API. */
export async function startedExperiment(app: ExperimentsApp, change: object = {}): Promise<Experiment> {
  const { body } = await app.call('POST', '/experiments', { body: experimentBody(change) });
  const { status, body: active } = await app.call('POST', `/experiments/${body.id}/start`, { body: {} });
  expect(status).toBe(200);
  return active;
}

/** What was published of an experiment under a topic, in order. */
export async function publishedOf<T>(app: ExperimentsApp, id: string, topic: string): Promise<T[]> {
  const rows = await app.sql<{ data: T }>(
    `select envelope->'data' as data from experimentation.outbox where key = ? and topic like ? order by id`,
    [id, `%${topic}%`],
  );
  return rows.map(({ data }) => data);
}
