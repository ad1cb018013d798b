import { freePort } from '@assay/testing';
import { startGateway } from '../start-gateway.js';
import { StubService } from '../testing/stub-service.js';

const NAMES = ['IDENTITY', 'EXPERIMENTS', 'FLAGS', 'ASSIGNMENT', 'INGESTION', 'ANALYSIS'];

let stub: StubService;
beforeAll(async () => {
  stub = await StubService.start();
});
afterAll(() => stub.stop());

/** Statuses of the logins of two clients that come by the same proxy, and whom the service is told they are of. */
async function loginsBy(settings: Record<string, string>): Promise<{ statuses: number[]; told: unknown[] }> {
  const told: unknown[] = [];
  stub.answer = (request, reply) => {
    told.push(request.headers['x-forwarded-for']);
    reply.end('{}');
  };
  const port = String(await freePort());
  const services = Object.fromEntries(NAMES.map((name) => [`ASSAY_${name}_URL`, stub.url]));
  const limits = { ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS: '2' };
  const stop = await startGateway({ ...services, ...limits, PORT: port, LOG_LEVEL: 'silent', ...settings });
  const statuses: number[] = [];
  for (const client of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.2']) {
    const headers = { 'x-forwarded-for': `6.6.6.6, ${client}` };
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/auth/login`, { method: 'POST', headers });
    statuses.push(answer.status);
  }
  await stop();
  return { statuses, told };
}

describe('the gateway behind a proxy', () => {
  it('counts the clients of a proxy it may believe apart, and says to services who they are', async () => {
    expect(await loginsBy({ ASSAY_TRUSTED_PROXIES: '10.0.0.0/8, loopback' })).toEqual({
      statuses: [200, 200, 200, 200],
      told: ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.2'],
    });
  });

  it('believes nobody else: all of them are the proxy', async () => {
    expect(await loginsBy({ ASSAY_TRUSTED_PROXIES: '10.0.0.0/8' })).toEqual({
      statuses: [200, 200, 429, 429],
      told: ['127.0.0.1', '127.0.0.1'],
    });
  });
});
