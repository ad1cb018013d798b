import { KeyAccess } from '@assay/auth';
import { evaluateFlag, evaluateFlags } from '@assay/contracts';
import { HotLane, type HotCall, type HotWork } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { OfrepService, type Caller } from './ofrep.service.js';

/** What a refetch may say of itself; it changes nothing about the answer. */
const REFETCH = /^(?:flagConfigEtag=[^&]{1,500})?(?:(?:^|&)flagConfigLastModified=[^&]{1,100})?$/;

/**
 * Puts the calls that are the usual ones (a good api key that is in memory, nothing unusual in the address) onto the hot lane,
 * past guards, pipes and interceptors. Everything else goes the ordinary way to the controller, which says what is wrong.
 */
@Injectable()
export class OfrepLane {
  constructor(
    lane: HotLane,
    private readonly keys: KeyAccess,
    private readonly ofrep: OfrepService,
  ) {
    lane.serve(evaluateFlag, (call) => this.single(call));
    lane.serve(evaluateFlags, (call) => this.all(call));
  }

  private single({ headers, param, query }: HotCall): HotWork | undefined {
    const caller = query === '' ? this.caller(headers) : undefined;
    // A body that is null is none, as it is for the ordinary way.
    return caller && ((body) => this.ofrep.evaluate(caller, param, body ?? {}));
  }

  private all({ headers, query }: HotCall): HotWork | undefined {
    const caller = REFETCH.test(query) ? this.caller(headers) : undefined;
    return caller && ((body) => this.ofrep.evaluateAll(caller, body ?? {}, headers['if-none-match']));
  }

  private caller(headers: HotCall['headers']): Caller | undefined {
    if (headers['if-match'] !== undefined) return undefined;
    const known = this.keys.known(headers);
    if (known === undefined || !known.actor.permissions.has(evaluateFlag.access)) return undefined;
    const { actor, keyHash } = known;
    return { actor, scope: actor.boundTo, keyHash, userAgent: headers['user-agent'], isSmall: true };
  }
}
