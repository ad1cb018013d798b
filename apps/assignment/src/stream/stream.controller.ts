import { apiKeyHash, Directory } from '@assay/auth';
import { AppError, openFlagStream, openSdkStream } from '@assay/contracts';
import { Clock, Endpoint, Input, type Call } from '@assay/platform';
import { Controller, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environments, type Place } from '../environment/environments.service.js';
import { sdkClient } from '../sdk/sdk-client.js';
import type { Listener } from './stream-client.js';
import { Streams } from './streams.service.js';

@Controller()
export class StreamController {
  constructor(
    private readonly streams: Streams,
    private readonly environments: Environments,
    private readonly directory: Directory,
    private readonly clock: Clock,
  ) {}

  @Endpoint(openFlagStream)
  async openFlags(
    @Input() { query }: Call<typeof openFlagStream>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const keyHash = this.streams.keyHashOf(query.token);
    const key = await this.directory.apiKey(keyHash);
    const expired = (key?.expiresAt ?? Infinity) <= this.clock.now().getTime();
    if (key?.scope == null || key.revoked || expired) {
      throw AppError.unauthenticated('The api key of this address is not known, has expired or was revoked.');
    }
    const listener = { kind: 'ofrep', client: query.client ?? '', keyName: key.name, keyHash } as const;
    this.stream(key.scope, listener, lastEventId ?? query.since, reply);
  }

  @Endpoint(openSdkStream)
  openDefinitions(
    @Input() { actor, scope, query }: Call<typeof openSdkStream>,
    @Headers() headers: Record<string, string | undefined>,
    @Res() reply: FastifyReply,
  ): void {
    const client = sdkClient(actor, query.client, headers['user-agent']);
    const listener = { kind: 'sdk', client, keyName: actor.name, keyHash: apiKeyHash(headers) ?? null } as const;
    this.stream(scope, listener, headers['last-event-id'] ?? query.since, reply);
  }

  private stream(place: Place, listener: Listener, has: string | undefined, reply: FastifyReply): void {
    this.streams.requireRoom();
    void reply.hijack();
    this.streams.attach(this.environments.view(place), listener, stateOf(has), reply.raw);
  }
}

/** What a client says it has. It is written back to it, so what cannot be a state of ours becomes one that never was. */
function stateOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  return /^[0-9a-z]{1,40}$/.test(text) ? text : '0';
}
