import type { Actor, ExperimentDefinition, OfrepFailure, Scope } from '@assay/contracts';
import { ExperimentCatalog, FlagCatalog } from '@assay/definitions';
import type { EvaluationResult } from '@assay/evaluation';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { AssignmentService } from '../assigning/assignment.service.js';
import type { EnvironmentView } from '../environment/environment-view.js';
import { Environments } from '../environment/environments.service.js';
import { ServedFlag } from '../environment/served-flag.js';
import { clientName, Streams } from '../stream/streams.service.js';
import { bulkEtag, matchesEtag } from './bulk-etag.js';
import { ExposedFlags } from './exposed-flags.service.js';
import { flagOutcome, outcomeOf, type Outcome } from './flag-outcome.js';
import { parseRequest, type Subject } from './parse-request.js';
import { experimentAnswer } from './to-ofrep.js';

/** Who asks, and where. */
export interface Caller {
  readonly actor: Actor;
  readonly scope: Scope;
  /** Of an api key: by it a stream is opened. */
  readonly keyHash: string | undefined;
  readonly userAgent: string | undefined;
  /** The body is smaller than what a context may have. */
  readonly isSmall: boolean;
}

/** An answer as it goes out: a status and the text of a JSON body. */
export interface Answer {
  readonly status: 200 | 304 | 400 | 404;
  readonly text: string;
  /** Of the text as it goes out, where that is known. */
  readonly bytes?: number;
  readonly etag?: string;
}

type Soon<T> = T | Promise<T>;

/**
 * OpenFeature's remote evaluation: flags from memory, experiments by the assignment that is kept for ever. Answers without
 * waiting wherever nothing has to be stored.
 */
@Injectable()
export class OfrepService {
  constructor(
    private readonly flags: FlagCatalog,
    private readonly experiments: ExperimentCatalog,
    private readonly environments: Environments,
    private readonly assignments: AssignmentService,
    private readonly exposed: ExposedFlags,
    private readonly streams: Streams,
    private readonly clock: Clock,
  ) {}

  evaluate(caller: Caller, key: string, body: unknown): Soon<Answer> {
    const subject = parseRequest(body, caller.isSmall);
    if ('errorCode' in subject) return { status: 400, text: JSON.stringify({ key, ...subject }) };
    const view = this.environments.view(caller.scope);
    const found = this.find(caller, view, key);
    if (found === undefined) return this.evaluateLater(caller, key, subject);
    return this.outcome(this.asking(caller, view, subject), found);
  }

  evaluateAll(caller: Caller, body: unknown, ifNoneMatch: string | undefined): Soon<Answer> {
    const subject = parseRequest(body, caller.isSmall);
    if ('errorCode' in subject) return { status: 400, text: JSON.stringify(subject) };
    const view = this.environments.view(caller.scope);
    const state = view.fingerprint;
    const isClient = caller.actor.kind === 'client';
    const asking = this.asking(caller, view, subject);
    const parts: Soon<Outcome>[] = [];
    let waits = false;
    const add = (part: Soon<Outcome>): void => {
      waits ||= part instanceof Promise;
      parts.push(part);
    };
    for (const served of view.served(isClient)) add(this.flag(asking, served));
    if (!isClient) for (const experiment of view.enrolling()) add(this.experiment(asking, experiment));
    const finish = (outcomes: readonly Outcome[]): Answer =>
      this.bulk(caller, asking, { outcomes, ifNoneMatch, isCurrent: view.fingerprint === state });
    return waits ? Promise.all(parts.map(async (part) => part)).then(finish) : finish(parts as Outcome[]);
  }

  private bulk(
    { scope, actor, keyHash, userAgent }: Caller,
    { view, subject, setId }: Asking,
    { outcomes, ifNoneMatch, isCurrent }: BulkParts,
  ): Answer {
    const { text, bytes, digest } = view.bulkTexts.of(outcomes, setId);
    const etag = bulkEtag(digest, subject.attributes, `${actor.kind} ${scope.environmentId}`);
    if (keyHash === undefined) {
      return matchesEtag(ifNoneMatch, etag) ? { status: 304, text: '', etag } : { status: 200, text: `${text}}`, etag };
    }
    const client = clientName(actor.id, subject.targetingKey, userAgent);
    if (isCurrent) this.streams.hub(view).confirm(client);
    if (matchesEtag(ifNoneMatch, etag)) return { status: 304, text: '', etag };
    // ASCII alone.
    const streams = `,"eventStreams":[${this.streams.address(view, keyHash, client)}]}`;
    return { status: 200, text: text + streams, bytes: bytes + streams.length, etag };
  }

  private find({ actor }: Caller, view: EnvironmentView, key: string): ServedFlag | ExperimentDefinition | undefined {
    const flag = view.flag(key);
    if (flag !== undefined) return isVisible(actor, flag) ? flag : undefined;
    const { projectId, environmentId } = view.place;
    const experiment = this.experiments.find(projectId, key);
    return experiment?.key === key && isHere(actor, environmentId, experiment) ? experiment : undefined;
  }

  /** What was made a moment ago may not have reached this process. */
  private async evaluateLater(caller: Caller, key: string, subject: Subject): Promise<Answer> {
    const { projectId } = caller.scope;
    const plausible = key !== '' && key.length <= 200 && !key.includes('\u0000');
    const unknown =
      this.flags.find(projectId, key) === undefined && this.experiments.find(projectId, key) === undefined;
    if (plausible && unknown) {
      await Promise.all([this.flags.refresh(projectId, key), this.experiments.refresh(projectId, key)]);
    }
    const view = this.environments.view(caller.scope);
    const found = this.find(caller, view, key);
    if (found === undefined) return { status: 404, text: JSON.stringify(notFound(key)) };
    return this.outcome(this.asking(caller, view, subject), found);
  }

  private asking({ scope }: Caller, view: EnvironmentView, subject: Subject): Asking {
    return { scope, view, subject, now: this.clock.now().getTime(), setId: flagSetId(scope) };
  }

  private outcome(asking: Asking, found: ServedFlag | ExperimentDefinition): Soon<Outcome> {
    return found instanceof ServedFlag ? this.flag(asking, found) : this.experiment(asking, found);
  }

  private flag(asking: Asking, served: ServedFlag): Soon<Outcome> {
    const { view, subject, setId } = asking;
    const use = served.splitUse(view.compiled);
    if (use.kept.length > 0) {
      const settled = this.exposed.evaluate(served, use, asking);
      const outcome = (result: EvaluationResult): Outcome =>
        flagOutcome(served, result, setId, this.exposed.definitionVersion(use, result, asking));
      return settled instanceof Promise ? settled.then(outcome) : outcome(settled);
    }
    const result = view.compiled.evaluate(served.key, subject.attributes, asking);
    if (result.exposures.length === 0) return flagOutcome(served, result, setId);
    this.exposed.note(use, result, asking);
    return flagOutcome(served, result, setId, this.exposed.definitionVersion(use, result, asking));
  }

  private async experiment({ scope, subject, setId }: Asking, definition: ExperimentDefinition): Promise<Outcome> {
    const current = definition.status === 'DRAFT' ? await this.assignments.find(scope, definition.key) : definition;
    const assignment = await this.assignments.assign(scope, current, subject.userId, subject.attributes);
    return outcomeOf(experimentAnswer(assignment, { flagSetId: setId, version: current.version }), setId);
  }
}

/** One question: about whom, where and when. Its evaluations take it as their options. */
interface Asking {
  readonly scope: Scope;
  readonly view: EnvironmentView;
  readonly subject: Subject;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly setId: string;
}

interface BulkParts {
  readonly outcomes: readonly Outcome[];
  readonly ifNoneMatch: string | undefined;
  /** Nothing has changed while the parts were put together. */
  readonly isCurrent: boolean;
}

/** Client keys may be published: they see what is meant for clients. */
const isVisible = (actor: Actor, { clientSide }: ServedFlag): boolean => clientSide || actor.kind !== 'client';

const isHere = (actor: Actor, environmentId: string, experiment: ExperimentDefinition): boolean =>
  actor.kind !== 'client' && experiment.environmentId === environmentId && experiment.status !== 'ARCHIVED';

const flagSetId = ({ projectKey, environmentKey }: Scope): string => `${projectKey}/${environmentKey}`;

const notFound = (key: string): OfrepFailure => ({
  key,
  errorCode: 'FLAG_NOT_FOUND',
  errorDetails: `Flag '${key}' does not exist.`,
});
