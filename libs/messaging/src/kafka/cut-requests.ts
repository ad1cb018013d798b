import type { Message, TopicMessages } from 'kafkajs';
import { jsonOf } from '../log/encoded-record.js';
import type { Append } from '../log/group-commit.js';
import { partitionOf } from '../log/partition-of.js';
import { RECORD_BYTES } from '../log/record-size.js';

/** What the wire puts around key and value of a record, at most: lengths, time, offset, braces. */
const AROUND_BYTES = 32;

/** The longest record fits alone. */
const BATCH_BYTES = RECORD_BYTES + AROUND_BYTES;

/** A topic's `max.message.bytes`, a broker's default: the longest batch on the wire, whatever the broker is set to. */
export const MAX_MESSAGE_BYTES = 1_048_588;

/** The batch of a partition that is being filled. */
interface Batch {
  request: number;
  bytes: number;
}

/**
 * Appends as produce requests, to be sent one after the other. What a request holds of one partition is one batch on the wire,
 * and a broker refuses a batch longer than `max.message.bytes`: what is too much for one goes on in the next request, in order.
 */
export function cutRequests(appends: readonly Append[]): TopicMessages[][] {
  const requests: Map<string, Message[]>[] = [];
  const filling = new Map<string, Batch[]>();
  for (const { topic, partitions, records } of appends) {
    const batches = filling.get(topic) ?? [];
    filling.set(topic, batches);
    for (const record of records) {
      const { key } = record;
      const value = jsonOf(record);
      const partition = partitionOf(key, partitions);
      const batch = (batches[partition] ??= { request: 0, bytes: 0 });
      const bytes = AROUND_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value);
      if (batch.bytes > 0 && batch.bytes + bytes > BATCH_BYTES) {
        batch.request += 1;
        batch.bytes = 0;
      }
      batch.bytes += bytes;
      const request = (requests[batch.request] ??= new Map<string, Message[]>());
      const messages = request.get(topic);
      if (messages === undefined) request.set(topic, [{ key, value, partition }]);
      else messages.push({ key, value, partition });
    }
  }
  return requests.map((request) => [...request].map(([topic, messages]) => ({ topic, messages })));
}
