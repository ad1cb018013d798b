import { AssignerProtocol, type Admin } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { perSecond, type Measured } from '../report.js';
import { clientOf } from './bare-producer.js';
import { progress } from './progress.js';
import type { TestCluster } from './test-cluster.js';
import { send } from './throughput.js';
import { ANALYSIS_GROUP, eventAcceptedName } from './topic.js';

const JOIN_PATIENCE_MS = 120_000;

/** The same backlog applied by one analysis and by two, from when all of them have their partitions until it is gone. */
export async function benchReplicas(cluster: TestCluster, count: number): Promise<Measured[]> {
  const one = await pileUpAndDrain(cluster, count, 'one', ['analysis']);
  const two = await pileUpAndDrain(cluster, count, 'two', ['analysis', 'analysis-2']);
  return [
    { what: 'analysis, one replica', value: perSecond(one.rate), target: '', ok: null },
    {
      what: 'analysis, two replicas on the same two cores',
      value: `${perSecond(two.rate)} = ${(two.rate / one.rate).toFixed(2)} of it`,
      target: '>= 1 (less what is noise)',
      ok: two.rate / one.rate >= 0.95,
    },
    { what: 'partitions of the two', value: two.shares.join(' and '), target: 'split between them', ok: true },
  ];
}

async function pileUpAndDrain(
  cluster: TestCluster,
  count: number,
  prefix: string,
  replicas: string[],
): Promise<{ readonly rate: number; readonly shares: readonly number[] }> {
  progress(`both analyses are stopped, for ${prefix} to catch up`);
  await Promise.all(['analysis', 'analysis-2'].map((name) => cluster.cluster.child(name).stop()));
  const until = (await cluster.applied()) + count;
  await send(cluster, count, prefix);
  progress(`${replicas.join(' and ')} applies what has piled up`);
  const children = replicas.map((name) => cluster.cluster.child(name));
  for (const child of children) child.start();
  await Promise.all(children.map((child) => child.ready()));
  const shares = await untilShared(cluster.cluster.brokers, replicas.length);
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
