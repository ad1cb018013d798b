import { AssignerProtocol, type Admin } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { perSecond, type Measured } from '../report.js';
import { clientOf } from './bare-producer.js';
import { progress } from './progress.js';
import type { TestCluster } from './test-cluster.js';
import { send, WARM_UP } from './throughput.js';
import { ANALYSIS_GROUP, eventAcceptedName } from './topic.js';

const JOIN_PATIENCE_MS = 120_000;

/**
 * The same backlog applied by one analysis and by two, from when all of them have their partitions and are warm until it is
 * gone. One comes first and last: tables grow meanwhile, and the machine's speed drifts.
 */
export async function benchReplicas(cluster: TestCluster, count: number): Promise<Measured[]> {
  const one = ['analysis'];
  const two = ['analysis', 'analysis-2'];
  const drains: Drain[] = [];
  for (const replicas of [one, two, two, one]) {
    drains.push(await pileUpAndDrain(cluster, count, `replicas-${drains.length}`, replicas));
  }
  const rateOf = (replicas: number): number => {
    const drained = drains.filter(({ shares }) => shares.length === replicas);
    return drained.length / drained.reduce((sum, { rate }) => sum + 1 / rate, 0);
  };
  const ratio = rateOf(2) / rateOf(1);
  const each = (replicas: number): string =>
    drains
      .filter(({ shares }) => shares.length === replicas)
      .map(({ rate }) => perSecond(rate))
      .join(', ');
  return [
    { what: 'analysis, one replica', value: `${perSecond(rateOf(1))} (${each(1)})`, target: '', ok: null },
    {
      what: 'analysis, two replicas on the same two cores',
      value: `${perSecond(rateOf(2))} (${each(2)}) = ${ratio.toFixed(2)} of it`,
      target: '>= 1 (less what is noise)',
      ok: ratio >= 0.95,
    },
    {
      what: 'partitions of the two',
      value: drains[1]?.shares.join(' and ') ?? '',
      target: 'split between them',
      ok: true,
    },
  ];
}

interface Drain {
  /** Events a second. */
  readonly rate: number;
  /** Partitions of each replica. */
  readonly shares: readonly number[];
}

async function pileUpAndDrain(cluster: TestCluster, count: number, prefix: string, replicas: string[]): Promise<Drain> {
  progress(`both analyses are stopped, for ${prefix} to catch up`);
  await Promise.all(['analysis', 'analysis-2'].map((name) => cluster.cluster.child(name).stop()));
  const until = (await cluster.applied()) + count;
  await send(cluster, count, prefix);
  progress(`${replicas.join(' and ')} applies what has piled up`);
  const children = replicas.map((name) => cluster.cluster.child(name));
  for (const child of children) child.start();
  await Promise.all(children.map((child) => child.ready()));
  const shares = await untilShared(cluster.cluster.brokers, replicas.length);
  await cluster.untilApplied(until - count * (1 - WARM_UP));
  const [first, began] = [await cluster.applied(), performance.now()];
  await cluster.untilApplied(until);
  return { rate: ((until - first) / (performance.now() - began)) * 1_000, shares };
}

/** Until so many members have joined, and each has been given partitions. */
async function untilShared(brokers: string, members: number): Promise<readonly number[]> {
  const end = Date.now() + JOIN_PATIENCE_MS;
  const admin = clientOf(brokers).admin();
  await admin.connect();
  try {
    for (let shares = await partitions(admin); ; shares = await partitions(admin)) {
      if (shares.length === members && shares.every((share) => share > 0)) return shares;
      if (Date.now() > end) throw new Error(`${shares.length} of ${members} replicas of analysis joined the group`);
      await sleep(100);
    }
  } finally {
    await admin.disconnect();
  }
}

async function partitions(admin: Admin): Promise<number[]> {
  const { groups } = await admin.describeGroups([ANALYSIS_GROUP]);
  return (groups[0]?.members ?? [])
    .filter(({ memberAssignment }) => memberAssignment.length > 0)
    .map(({ memberAssignment }) => AssignerProtocol.MemberAssignment.decode(memberAssignment))
    .map((assignment) => assignment?.assignment[eventAcceptedName]?.length ?? 0)
    .sort();
}
