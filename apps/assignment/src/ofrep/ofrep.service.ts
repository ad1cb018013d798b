import type {
  Actor,
  evaluateFlag,
  evaluateFlags,
  ExperimentDefinition,
  FlagDefinition,
  OfrepBulk,
  OfrepFailure,
  OfrepSuccess,
  Scope,
} from '@assay/contracts';
import { ExperimentCatalog, FlagCatalog } from '@assay/definitions';
import type { EvaluationResult, Flag } from '@assay/evaluation';
import { Clock, type Call } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { AssignmentService } from '../assigning/assignment.service.js';
import { Environments } from '../environment/environments.service.js';
import { bulkEtag } from './bulk-etag.js';
import { parseRequest, type Refusal, type Subject } from './parse-request.js';
import { experimentAnswer, flagAnswer } from './to-ofrep.js';

/** Who asks, and where. */
type Caller = { readonly actor: Actor; readonly scope: Scope };

/** All flags of a caller, and what stands for this answer. */
export interface BulkAnswer {
  readonly bulk: OfrepBulk;
  readonly etag: string;
}

/** OpenFeature's remote evaluation: flags from memory, experiments by the assignment that is kept for ever. */
@Injectable()
export class OfrepService {
  constructor(
    private readonly flags: FlagCatalog,
    private readonly experiments: ExperimentCatalog,
    private readonly environments: Environments,
    private readonly assignments: AssignmentService,
    private readonly clock: Clock,
  ) {}

  async evaluate(call: Call<typeof evaluateFlag>): Promise<OfrepSuccess | OfrepFailure> {
    const { key } = call.params;
    const subject = parseRequest(call.body);
    if ('errorCode' in subject) return { key, ...subject };
    const found = this.find(call, key) ?? (await this.findAgain(call, key));
    if (found === undefined) return notFound(key);
    return 'document' in found ? this.flag(call, found, subject) : this.experiment(call, found, subject);
  }

  async evaluateAll(call: Call<typeof evaluateFlags>): Promise<BulkAnswer | Refusal> {
    const subject = parseRequest(call.body);
    if ('errorCode' in subject) return subject;
    const flags = [...this.flags.all()].filter(
      (flag) => flag.projectId === call.scope.projectId && isVisible(call.actor, flag),
    );
    const experiments = call.actor.kind === 'client' ? [] : this.assignments.enrolling(call.scope);
    const answers = await Promise.all([
      ...flags.map((flag) => this.flag(call, flag, subject)),
      ...experiments.map((experiment) => this.experiment(call, experiment, subject)),
    ]);
    answers.sort((a, b) => (a.key < b.key ? -1 : 1));
    const bulk = { flags: answers, metadata: { flagSetId: flagSetId(call.scope) } };
    return { bulk, etag: bulkEtag(bulk, subject.attributes, [call.actor.kind, call.scope.environmentId]) };
  }

  private find({ actor, scope }: Caller, key: string): FlagDefinition | ExperimentDefinition | undefined {
    const flag = this.flags.find(scope.projectId, key);
    if (flag?.key === key) return isVisible(actor, flag) ? flag : undefined;
    const experiment = this.experiments.find(scope.projectId, key);
    return experiment?.key === key && isHere(actor, scope, experiment) ? experiment : undefined;
  }

  /** What was made a moment ago may not have reached this process. */
  private async findAgain(caller: Caller, key: string): Promise<FlagDefinition | ExperimentDefinition | undefined> {
    if (key === '' || key.length > 200 || key.includes('\u0000')) return undefined;
    const { projectId } = caller.scope;
    if (this.flags.find(projectId, key) === undefined && this.experiments.find(projectId, key) === undefined) {
      await Promise.all([this.flags.refresh(projectId, key), this.experiments.refresh(projectId, key)]);
    }
    return this.find(caller, key);
  }

  private async flag(
    { scope }: Caller,
    { key, version }: FlagDefinition,
    subject: Subject,
  ): Promise<OfrepSuccess | OfrepFailure> {
    const compiled = this.environments.definitions(scope);
    const flag = compiled.flag(key);
    if (flag === undefined) return notFound(key);
    const now = this.clock.now().getTime();
    const result = compiled.evaluate(key, subject.attributes, { now });
    const metadata = { flagSetId: flagSetId(scope), version };
    if (result.exposures.length === 0) return flagAnswer(flag, result, metadata);
    return flagAnswer(flag, await this.exposed(scope, flag, result, subject, now), metadata);
  }

  /**
   * A flag whose rules looked at experiments: the unit is assigned in each, and where it had been assigned otherwise before,
   * the rules look again at what it has.
   */
  private async exposed(
    scope: Scope,
    flag: Flag,
    result: EvaluationResult,
    subject: Subject,
    now: number,
  ): Promise<EvaluationResult> {
    const overrides: Record<string, string> = {};
    for (const { experiment: key, arm } of result.exposures) {
      const experiment = this.experiments.find(scope.projectId, key);
      if (experiment === undefined || experiment.key !== key || key in overrides) continue;
      const { variantKey } = await this.assignments.assign(scope, experiment, subject.userId, subject.attributes);
      if (variantKey !== null && variantKey !== arm) overrides[key] = variantKey;
    }
    if (Object.keys(overrides).length === 0) return result;
    return this.environments.definitions(scope).evaluate(flag.key, subject.attributes, { now, overrides });
  }

  private async experiment(
    { scope }: Caller,
    definition: ExperimentDefinition,
    { attributes, userId }: Subject,
  ): Promise<OfrepSuccess> {
    const current = definition.status === 'DRAFT' ? await this.assignments.find(scope, definition.key) : definition;
    const assignment = await this.assignments.assign(scope, current, userId, attributes);
    return experimentAnswer(assignment, { flagSetId: flagSetId(scope), version: current.version });
  }
}

/** Client keys may be published: they see what is meant for clients. */
const isVisible = (actor: Actor, { clientSide }: FlagDefinition): boolean => clientSide || actor.kind !== 'client';

const isHere = (actor: Actor, { environmentId }: Scope, experiment: ExperimentDefinition): boolean =>
  actor.kind !== 'client' && experiment.environmentId === environmentId && experiment.status !== 'ARCHIVED';

const flagSetId = ({ projectKey, environmentKey }: Scope): string => `${projectKey}/${environmentKey}`;

const notFound = (key: string): OfrepFailure => ({
  key,
  errorCode: 'FLAG_NOT_FOUND',
  errorDetails: `Flag '${key}' does not exist.`,
});
