import type { ChildProcess } from 'node:child_process';
import type { LogLines } from './log-lines.mjs';

/** One process of the cluster. */
export interface ClusterChild {
  readonly name: string;
  readonly app: string;
  readonly url: string;
  readonly pid: ChildProcess['pid'];
  readonly isRunning: boolean;
  start(): void;
  ready(withinMs?: number): Promise<void>;
  isReady(): Promise<boolean>;
  stop(): Promise<number | string>;
  kill(): Promise<number | string>;
}

export interface ClusterOptions {
  readonly dataDir: string;
  readonly log: LogLines;
  readonly port?: number;
  readonly host?: string;
  readonly replicas?: Readonly<Record<string, number>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly databaseUrl?: string;
  readonly brokers?: string;
}

/** Assay as it runs in a cluster, on this machine. */
export class Cluster {
  constructor(options: ClusterOptions);
  readonly children: ReadonlyMap<string, ClusterChild>;
  readonly url: string;
  readonly databaseUrl: string;
  readonly brokers: string;
  /** An administrator's api key, after `leaveKey`. */
  readonly key: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  supervise(): void;
  child(name: string): ClusterChild;
  leaveKey(): Promise<string | undefined>;
}
