import { repositoryRoot } from '@assay/testing';
import { join } from 'node:path';

/** One process of the cluster. */
export interface ClusterChild {
  readonly url: string;
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  start(): void;
  ready(): Promise<void>;
  stop(): Promise<unknown>;
}

export interface ClusterOptions {
  readonly dataDir: string;
  readonly log: object;
  readonly port: number;
  readonly replicas: Readonly<Record<string, number>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly onReady: (name: string) => void;
}

/** `tools/cluster`, which is no project of the workspace, as far as a benchmark needs it. */
export interface ClusterHandle {
  readonly url: string;
  readonly databaseUrl: string;
  readonly brokers: string;
  /** An administrator's api key, after `leaveKey`. */
  readonly key: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  child(name: string): ClusterChild;
  leaveKey(): Promise<unknown>;
}

/** Makes a cluster that is not started yet; `write` gets the lines of its processes. */
export async function makeCluster(
  options: Omit<ClusterOptions, 'log'>,
  write: (line: string) => void,
): Promise<ClusterHandle> {
  const folder = join(repositoryRoot(), 'tools', 'cluster', 'src');
  const { LogLines } = (await import(join(folder, 'log-lines.mjs'))) as {
    LogLines: new (write: (line: string) => void, colours: boolean) => object;
  };
  const { Cluster } = (await import(join(folder, 'cluster.mjs'))) as {
    Cluster: new (options: ClusterOptions) => ClusterHandle;
  };
  return new Cluster({ ...options, log: new LogLines(write, false) });
}
