import type { Message } from 'kafkajs';
import type { Append } from '../log/group-commit.js';
import type { EncodedRecord } from '../log/log-transport.js';
import { partitionOf } from '../log/partition-of.js';
import { RECORD_BYTES } from '../log/record-size.js';
import { cutRequests, MAX_MESSAGE_BYTES } from './cut-requests.js';

const record = (key: string, body: string): EncodedRecord => ({ key, scope: null, head: '', body });
const append = (topic: string, partitions: number, records: readonly EncodedRecord[]): Append => ({
  topic,
  partitions,
  records,
});
const kilobytes = (key: string, count: number, from = 0): EncodedRecord[] =>
  Array.from({ length: count }, (_, index) => record(key, `${from + index}:${'x'.repeat(1_000)}`));

const keyOf = (partition: number, partitions: number): string =>
  ['p', 'q', 'r', 's', 't', 'u'].find((key) => partitionOf(key, partitions) === partition) ?? '';

/** What requests hold of one partition, request by request. */
const batchesOf = (requests: ReturnType<typeof cutRequests>, topic: string, partition: number) =>
  requests.map((request) =>
    request
      .filter((each) => each.topic === topic)
      .flatMap(({ messages }) => messages)
      .filter((message) => message.partition === partition),
  );
const bytesOf = (batch: readonly Message[]): number =>
  batch.reduce((sum, { value }) => sum + Buffer.byteLength(String(value)), 0);
const numberOf = (value: unknown): number => Number(/^\{(\d+):/.exec(String(value))?.[1]);

describe('cutRequests', () => {
  it('is one request for what fits, of any number of topics', () => {
    const requests = cutRequests([
      append('a', 4, kilobytes('k', 3)),
      append('b', 1, kilobytes('k', 2)),
      append('a', 4, kilobytes('l', 1)),
    ]);
    expect(requests.map((request) => request.map(({ topic, messages }) => [topic, messages.length]))).toEqual([
      [
        ['a', 4],
        ['b', 2],
      ],
    ]);
  });

  it('goes on in the next request, in order, where a partition has more than a broker takes at once', () => {
    const [full, other] = [0, 1].map((partition) => keyOf(partition, 2)) as [string, string];
    const requests = cutRequests([
      append('a', 2, kilobytes(full, 2_000)),
      append('a', 2, kilobytes(other, 10)),
      append('a', 2, kilobytes(full, 1_000, 2_000)),
    ]);
    const batches = batchesOf(requests, 'a', 0);
    expect(batches.flat().map(({ value }) => numberOf(value))).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
    for (const batch of batches) expect(bytesOf(batch)).toBeLessThan(MAX_MESSAGE_BYTES - 100_000);
    expect(batchesOf(requests, 'a', 1).map(({ length }) => length)).toEqual([10, 0, 0, 0]);
  });

  it('counts bytes, and lets a record that is as long as may be go alone', () => {
    const long = record('k', 'ж'.repeat((RECORD_BYTES - 1) / 2));
    const requests = cutRequests([append('a', 1, [record('k', '0:'), long, record('k', '2:')])]);
    expect(requests.map(([only]) => only?.messages.length)).toEqual([1, 1, 1]);
  });
});
