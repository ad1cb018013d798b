import {
  AppError,
  propagationAsked,
  propagationReported,
  type FlagPropagation,
  type PropagationAsked,
  type PropagationReport,
  type PropagationReported,
  type readFlagPropagation,
} from '@assay/contracts';
import { FlagCatalog } from '@assay/definitions';
import { LogProducer, LogTail } from '@assay/messaging';
import type { Call } from '@assay/platform';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { Environments, type Place } from '../environment/environments.service.js';
import { Streams } from '../stream/streams.service.js';
import { propagationOf, reportOf } from './report.js';

/** So long other processes may take to report; those that do not are left out. */
const PATIENCE_MS = 1_500;

interface Question {
  readonly reports: Map<string, PropagationReport>;
  readonly complete: () => void;
}

/** Who has which version of a flag, asked of every process that holds streams. */
@Injectable()
export class Propagation implements OnApplicationBootstrap {
  private readonly process = v7();
  private readonly logger = new Logger('propagation');
  private readonly questions = new Map<string, Question>();
  /** The other processes; undefined until all that were there before this one have been heard once. */
  private others: Set<string> | undefined;
  private readonly heard = new Set<string>();

  constructor(
    private readonly flags: FlagCatalog,
    private readonly environments: Environments,
    private readonly streams: Streams,
    private readonly producer: LogProducer,
    private readonly tail: LogTail,
  ) {}

  onApplicationBootstrap(): void {
    void this.tail.subscribe(propagationAsked, ({ data }) => this.answer(data));
    void this.tail.subscribe(propagationReported, ({ data }) => this.hear(data));
    this.tell({ id: '', process: this.process, report: null });
  }

  async read({ scope, params }: Call<typeof readFlagPropagation>): Promise<FlagPropagation> {
    const flag = this.flags.find(scope.projectId, params.id);
    if (flag === undefined) throw AppError.notFound('Flag', params.id);
    const own = reportOf(this.streams.hub(this.environments.view(scope)), flag);
    const theirs = await this.ask(scope, flag.id);
    return propagationOf(flag, scope.environmentKey, [own, ...theirs]);
  }

  private async ask({ projectId, environmentId }: Place, flagId: string): Promise<PropagationReport[]> {
    if (this.others?.size === 0) return [];
    const id = v7();
    const reports = new Map<string, PropagationReport>();
    const complete = new Promise<void>((resolve) => this.questions.set(id, { reports, complete: resolve }));
    const data = { id, process: this.process, projectId, environmentId, flagId };
    this.append(() => this.producer.append(propagationAsked, [{ key: id, data }]));
    await Promise.race([complete, sleep(PATIENCE_MS, undefined, { ref: false })]);
    this.questions.delete(id);
    // Who was silent has gone; who has come meanwhile is known by its greeting.
    this.others = new Set([...reports.keys(), ...this.heard]);
    this.heard.clear();
    return [...reports.values()];
  }

  private answer({ id, process, projectId, environmentId, flagId }: PropagationAsked): void {
    if (process === this.process) return;
    const flag = this.flags.get(flagId);
    if (flag === undefined) return;
    const report = reportOf(this.streams.hub(this.environments.view({ projectId, environmentId })), flag);
    this.tell({ id, process: this.process, report });
  }

  private hear({ id, process, report }: PropagationReported): void {
    if (process === this.process) return;
    if (report === null) {
      this.heard.add(process);
      this.others?.add(process);
      return;
    }
    const question = this.questions.get(id);
    question?.reports.set(process, report);
    const { others } = this;
    if (others !== undefined && [...others].every((other) => question?.reports.has(other))) question?.complete();
  }

  private tell(data: PropagationReported): void {
    this.append(() => this.producer.append(propagationReported, [{ key: data.id, data }]));
  }

  /** Without the log each process knows its own clients only. */
  private append(write: () => Promise<void>): void {
    write().catch((error: unknown) => this.logger.debug({ err: String(error) }, 'other processes cannot be asked'));
  }
}
