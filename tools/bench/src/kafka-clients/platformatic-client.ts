import { Consumer, ProduceAcks, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import type { Client } from './client.js';

/** @platformatic/kafka for the same work. */
export function platformaticClient(brokers: readonly string[]): Client {
  const base = { clientId: 'bench', bootstrapBrokers: [...brokers] };
  return {
    name: '@platformatic/kafka',
    producer() {
      const producer = new Producer({
        ...base,
        serializers: stringSerializers,
        idempotent: true,
        acks: ProduceAcks.ALL,
      });
      return Promise.resolve({
        async send(topic, messages) {
          await producer.send({ messages: messages.map(({ key, value }) => ({ topic, key, value })) });
        },
        close: () => producer.close(),
      });
    },
    async consume(topic, group, count) {
      const consumer = new Consumer({ ...base, groupId: group, deserializers: stringDeserializers });
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
      let seen = 0;
      // By event: an asynchronous iterator would cost a promise per message.
      await new Promise<void>((resolve, reject) => {
        stream.on('error', reject);
        stream.on('data', ({ value }) => {
          JSON.parse(value);
          seen += 1;
          if (seen === count) resolve();
        });
      });
      await consumer.close(true);
    },
  };
}
