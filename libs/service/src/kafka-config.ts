import type { KafkaSettings } from '@assay/messaging';
import { brokersField, integerField } from '@assay/platform';
import { z } from 'zod';

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const PREFIX = /^[\w.-]{0,100}$/;

/** The environment variables that say where Kafka is and how to speak to it. */
export const kafkaFields = {
  KAFKA_BROKERS: brokersField.optional(),
  KAFKA_REPLICATION_FACTOR: integerField(1, 9).default(1),
  KAFKA_PREFIX: z.string().regex(PREFIX, 'may have letters, digits, points, lines and underscores').default(''),
  KAFKA_SSL: z.enum(['true', 'false'], 'must be true or false').default('false'),
  KAFKA_SASL_MECHANISM: z.enum(MECHANISMS, `must be one of ${MECHANISMS.join(', ')}`).default('scram-sha-512'),
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
};

/** What is wrong with variables that go together: half a login would silently be none. */
export function kafkaProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const [username, password] = ['KAFKA_USERNAME', 'KAFKA_PASSWORD'] as const;
  if ((given[username] === undefined) === (given[password] === undefined)) return [];
  const [absent, present] = given[username] === undefined ? [username, password] : [password, username];
  return [`${absent}: is missing; it goes together with ${present}`];
}

export type KafkaEnvironment = z.output<z.ZodObject<typeof kafkaFields>>;

/** Settings of the Kafka transport; undefined when no broker is named. */
export function kafkaOf(environment: KafkaEnvironment, clientId: string): KafkaSettings | undefined {
  const { KAFKA_BROKERS: brokers, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = environment;
  if (brokers === undefined) return undefined;
  const sasl =
    username === undefined || password === undefined
      ? {}
      : { sasl: loginOf(environment.KAFKA_SASL_MECHANISM, { username, password }) };
  return {
    brokers,
    clientId,
    replicationFactor: environment.KAFKA_REPLICATION_FACTOR,
    ...(environment.KAFKA_PREFIX === '' ? {} : { prefix: environment.KAFKA_PREFIX }),
    security: { ssl: environment.KAFKA_SSL === 'true', ...sasl },
  };
}

type Login = NonNullable<NonNullable<KafkaSettings['security']>['sasl']>;

function loginOf(mechanism: (typeof MECHANISMS)[number], credentials: { username: string; password: string }): Login {
  switch (mechanism) {
    case 'plain':
      return { mechanism, ...credentials };
    case 'scram-sha-256':
      return { mechanism, ...credentials };
    case 'scram-sha-512':
      return { mechanism, ...credentials };
  }
}
