import { AssignerProtocol } from 'kafkajs';
import { perSecond, type Measured } from '../report.js';
import { clientOf } from './bare-producer.js';
import { progress } from './progress.js';
import type { TestCluster } from './test-cluster.js';
import { drainRate, send } from './throughput.js';
import { ANALYSIS_GROUP, eventAcceptedName } from './topic.js';

/** The same backlog applied by one analysis and by two. */
export async function benchReplicas(cluster: TestCluster, count: number): Promise<Measured[]> {
  const one = await pileUpAndDrain(cluster, count, 'one', ['analysis']);
  const two = await pileUpAndDrain(cluster, count, 'two', ['analysis', 'analysis-2']);
  const shares = await partitionsOfMembers(cluster.cluster.brokers);
  const split = shares.length === 2 && shares.every((share) => share > 0);
  return [
    { what: 'analysis, one replica', value: perSecond(one), target: '', ok: null },
    {
      what: 'analysis, two replicas on the same two cores',
      value: `${perSecond(two)} = ${(two / one).toFixed(2)} of it`,
      target: '>= 1 (less what is noise)',
      ok: two / one >= 0.95,
    },
    { what: 'partitions of the two', value: shares.join(' and '), target: 'split between them', ok: split },
  ];
}

async function pileUpAndDrain(
  cluster: TestCluster,
  count: number,
  prefix: string,
  replicas: string[],
): Promise<number> {
  progress(`both analyses are stopped, for ${prefix} to catch up`);
  await Promise.all(['analysis', 'analysis-2'].map((name) => cluster.cluster.child(name).stop()));
  const before = await cluster.applied();
  await send(cluster, count, prefix);
  return drainRate(cluster, before + count, replicas);
}

async function partitionsOfMembers(brokers: string): Promise<number[]> {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  const { groups } = await admin.describeGroups([ANALYSIS_GROUP]);
  await admin.disconnect();
  return (groups[0]?.members ?? [])
    .map(({ memberAssignment }) => AssignerProtocol.MemberAssignment.decode(memberAssignment))
    .map((assignment) => assignment?.assignment[eventAcceptedName]?.length ?? 0)
    .sort();
}
