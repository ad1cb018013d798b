import { KeyAccess } from '@assay/auth';
import { evaluateFlag, evaluateFlags } from '@assay/contracts';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSmallBody } from './ofrep.controller.js';
import { OfrepService, type Answer, type Caller } from './ofrep.service.js';

/** Parameters of a bulk evaluation that change nothing about it. */
const HARMLESS = new Set(['flagConfigEtag', 'flagConfigLastModified']);

/**
 * Answers the calls that are the usual ones (a good api key that is in memory, nothing unusual in the address) right after
 * their body was read, without guards, pipes and interceptors. Everything else, and everything that fails, goes the ordinary
 * way to the controller, which says what is wrong.
 */
@Injectable()
export class OfrepShortcut {
  constructor(
    host: HttpAdapterHost,
    private readonly keys: KeyAccess,
    private readonly ofrep: OfrepService,
  ) {
    const fastify = host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRoute', (route) => {
      if (route.url === evaluateFlag.path && route.method === 'POST') route.preHandler = this.single;
      if (route.url === evaluateFlags.path && route.method === 'POST') route.preHandler = this.all;
    });
  }

  private readonly single = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { key } = request.params as { key: string };
    this.answer(request, reply, { done, evaluate: (caller) => this.ofrep.evaluate(caller, key, request.body) });
  };

  private readonly all = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const ifNoneMatch = request.headers['if-none-match'];
    const evaluate = (caller: Caller) => this.ofrep.evaluateAll(caller, request.body, ifNoneMatch);
    this.answer(request, reply, { done, evaluate });
  };

  private answer(request: FastifyRequest, reply: FastifyReply, { done, evaluate }: Evaluation): void {
    const caller = this.caller(request);
    if (caller === undefined) {
      done();
      return;
    }
    try {
      const answer = evaluate(caller);
      if (answer instanceof Promise)
        answer.then(
          (settled) => send(settled, reply),
          () => done(),
        );
      else send(answer, reply);
    } catch {
      done();
    }
  }

  private caller({ headers, query }: FastifyRequest): Caller | undefined {
    for (const name in query as object) if (!HARMLESS.has(name)) return undefined;
    if (headers['if-match'] !== undefined) return undefined;
    const known = this.keys.known(headers);
    if (known === undefined || !known.actor.permissions.has(evaluateFlag.access)) return undefined;
    return {
      actor: known.actor,
      scope: known.actor.boundTo,
      keyHash: known.keyHash,
      userAgent: headers['user-agent'],
      isSmall: isSmallBody(headers as Readonly<Record<string, string | undefined>>),
    };
  }
}

interface Evaluation {
  readonly done: () => void;
  readonly evaluate: (caller: Caller) => Answer | Promise<Answer>;
}

function send({ status, text, etag }: Answer, reply: FastifyReply): void {
  if (etag !== undefined) void reply.header('etag', etag);
  if (status === 304) {
    void reply.code(304).send();
    return;
  }
  void reply.code(status).header('content-type', 'application/json; charset=utf-8').send(text);
}
