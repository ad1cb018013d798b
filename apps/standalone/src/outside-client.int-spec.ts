import type { Assignment, EventsAnswer } from '@assay/contracts';
import { AssayServer, removeFolder, testFolder } from '../test/assay-process.js';

let folder: string;
let server: AssayServer;
let key: string;

beforeAll(async () => {
  folder = testFolder();
  server = await AssayServer.start(folder);
  const body = { name: 'server', kind: 'server', project: 'default', environment: 'production' };
  key = (await send<{ key: string }>('POST', '/api-keys', body)).key;
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

async function send<T>(method: string, path: string, body: object): Promise<T> {
  const answer = await server.call<T>(`/api/v1${path}`, { method, body: JSON.stringify(body) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** What an api key gets. */
async function ask<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const init = {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
  return (await server.call<T>(`/api/v1${path}`, init)).body;
}

/** A running experiment with two halves. */
async function running(name: string): Promise<string> {
  const arm = (arm: string, isControl: boolean) => ({ key: arm, name: arm, isControl, trafficAllocation: 50 });
  const metrics = [{ name: 'm', eventName: 'e', metricType: 'CONVERSION', isPrimary: true }];
  const variants = [arm('control', true), arm('treatment', false)];
  const { id } = await send<{ id: string }>('POST', '/experiments', { key: name, name, variants, metrics });
  await send('POST', `/experiments/${id}/start`, {});
  return id;
}

it('what the answer to a transition says holds from that answer on', async () => {
  const id = await running('at-once');
  const assigned = async (userId: string) => {
    const { enrolled, reason } = await ask<Assignment>('/assignments', { experiment: 'at-once', userId });
    return [enrolled, reason];
  };
  for (let round = 0; round < 5; round += 1) {
    await send('POST', `/experiments/${id}/pause`, {});
    expect(await assigned(`paused-${round}`)).toEqual([false, 'NOT_ACTIVE']);
    await send('POST', `/experiments/${id}/resume`, {});
    expect(await assigned(`resumed-${round}`)).toEqual([true, 'ASSIGNED']);
  }
  await send('POST', `/experiments/${id}/pause`, {});
  await send('POST', `/experiments/${id}/archive`, {});
  const exposure = { eventType: '$exposure', userId: 'late', experiment: 'at-once', variant: 'control' };
  const { rejected } = await ask<EventsAnswer>('/events', { events: [exposure] });
  expect(rejected.map(({ code }) => code)).toEqual(['experiment_not_running']);
});
