import Fastify, { type FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import { bodyOf, StubService } from '../testing/stub-service.js';
import { forwardRequests } from './forward-requests.js';
import { LINK_SETTINGS, ServiceLink } from './service-link.js';

/** A gateway that waits for hardly more than a moment: the limit is what is tested, not how long it is. */
describe('the limit of time for an answer', () => {
  let service: StubService;
  let link: ServiceLink;
  let gateway: FastifyInstance;
  let url: string;
  beforeAll(async () => {
    service = await StubService.start();
    link = new ServiceLink('flags', [service.url], { ...LINK_SETTINGS, answerMilliseconds: 100 });
    gateway = Fastify();
    const links = { identity: link, experiments: link, flags: link, assignment: link, ingestion: link, analysis: link };
    await forwardRequests(gateway, links);
    url = await gateway.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    await link.close();
    await service.stop();
  });

  const members = (contentType: string, body: string) =>
    fetch(`${url}/api/v1/lists/vip/members?mode=replace`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });

  it('is the route’s own for a streamed body: a list of many members is waited for when other calls are not', async () => {
    let waiting: ServerResponse | undefined;
    service.answer = (request, reply) => {
      if (!request.headers['content-type']?.includes('ndjson')) return;
      void bodyOf(request).then((body) => {
        reply.setHeader('content-length', body.length);
        waiting = reply;
      });
    };
    const streamed = members('application/x-ndjson', '"a"\n"b"\n');
    while (waiting === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    // Begun after the stream was sent, given up before it is answered: by the general limit the stream would be refused first.
    const refused = await members('application/json', '{"add":["c"]}');
    expect(refused.status).toBe(503);
    waiting.end('"a"\n"b"\n');
    const answer = await streamed;
    expect([answer.status, await answer.text()]).toEqual([200, '"a"\n"b"\n']);
  });
});
