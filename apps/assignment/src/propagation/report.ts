import type {
  FlagDefinition,
  FlagPropagation,
  PropagationClient,
  PropagationDelays,
  PropagationReport,
} from '@assay/contracts';
import { versionAt } from '../stream/change-log.js';
import type { StreamHub } from '../stream/stream-hub.js';

const MOST_IN_SAMPLE = 200;
const MOST_DELAYS = 1_000;

/** What a process knows of the clients of one environment. */
export function reportOf(hub: StreamHub, flag: FlagDefinition): PropagationReport {
  const changes = hub.log.of(flag.id);
  const versions: Record<string, number> = {};
  const clients: PropagationClient[] = [];
  let confirmed = 0;
  for (const { listener, connectedAt, confirmed: sequence, confirmedAt } of hub.all()) {
    const version = versionAt(changes, sequence, flag.version);
    const name = version === null ? 'unknown' : String(version);
    versions[name] = (versions[name] ?? 0) + 1;
    const behind = version !== flag.version;
    if (!behind) confirmed += 1;
    clients.push({
      client: listener.client,
      kind: listener.kind,
      key: listener.keyName,
      connectedAt: new Date(connectedAt).toISOString(),
      version,
      confirmedAt: confirmedAt === null ? null : new Date(confirmedAt).toISOString(),
      behind,
    });
  }
  const delays = [...(changes.remembered.findLast(({ version }) => version === flag.version)?.delays ?? [])].sort(
    (a, b) => a - b,
  );
  return {
    version: flag.version,
    changedAt: flag.changedAt ?? null,
    connected: hub.size,
    confirmed,
    delays: regularSample(delays, MOST_DELAYS),
    delayCount: delays.length,
    versions,
    sample: firstBehind(clients),
  };
}

/** The reports of all processes as one answer. */
export function propagationOf(
  { key, version }: FlagDefinition,
  environment: string,
  reports: readonly PropagationReport[],
): FlagPropagation {
  const total = (of: (report: PropagationReport) => number): number => reports.reduce((sum, each) => sum + of(each), 0);
  const [connected, confirmed] = [total((each) => each.connected), total((each) => each.confirmed)];
  const versions: Record<string, number> = {};
  for (const report of reports) {
    for (const [name, count] of Object.entries(report.versions)) versions[name] = (versions[name] ?? 0) + count;
  }
  const changedAt = reports.find((each) => each.version === version)?.changedAt ?? null;
  return {
    flag: key,
    environment,
    version,
    changedAt: changedAt === null ? null : new Date(changedAt).toISOString(),
    processes: reports.length,
    clients: { connected, confirmed, behind: connected - confirmed },
    delays: delaysOf(reports.filter((each) => each.version === version)),
    versions,
    sample: firstBehind(reports.flatMap(({ sample }) => sample)),
  };
}

function delaysOf(reports: readonly PropagationReport[]): PropagationDelays | null {
  const delays = reports.flatMap((report) => report.delays).sort((a, b) => a - b);
  if (delays.length === 0) return null;
  const at = (share: number): number => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0;
  const count = reports.reduce((sum, { delayCount }) => sum + delayCount, 0);
  return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: delays.at(-1) ?? 0 };
}

function firstBehind(clients: readonly PropagationClient[]): PropagationClient[] {
  return [...clients].sort((a, b) => Number(b.behind) - Number(a.behind)).slice(0, MOST_IN_SAMPLE);
}

/** At most so many of a sorted list, in even steps, the last one included. */
function regularSample(sorted: readonly number[], most: number): number[] {
  if (sorted.length <= most) return [...sorted];
  const step = (sorted.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => sorted[Math.round(index * step)] ?? 0);
}
