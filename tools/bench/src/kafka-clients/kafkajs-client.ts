import kafkajs from 'kafkajs';
import type { Client } from './client.js';

/** kafkajs with the settings of the log (libs/messaging). */
export function kafkajsClient(brokers: readonly string[]): Client {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: kafkajs.logLevel.NOTHING });
  return {
    name: 'kafkajs',
    async producer() {
      const producer = kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      return {
        async send(topic, messages) {
          await producer.send({ topic, acks: -1, messages: [...messages] });
        },
        close: () => producer.disconnect(),
      };
    },
    async consume(topic, group, count) {
      const consumer = kafka.consumer({ groupId: group });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      let seen = 0;
      await new Promise<void>((resolve, reject) => {
        const eachBatch = (payload: kafkajs.EachBatchPayload): Promise<void> => {
          for (const { value } of payload.batch.messages) JSON.parse(value?.toString() ?? 'null');
          seen += payload.batch.messages.length;
          if (seen >= count) resolve();
          return Promise.resolve();
        };
        consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 4, eachBatch }).catch(reject);
      });
      await consumer.disconnect();
    },
  };
}
