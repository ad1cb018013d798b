/** A record of the benchmark: key and JSON text. */
export interface Message {
  readonly key: string;
  readonly value: string;
}

/** What the log asks of a Kafka client, so that clients can be put side by side. */
export interface Client {
  readonly name: string;
  /** An idempotent producer with acks=all; resolves when the broker has acknowledged. */
  producer(): Promise<Producer>;
  /** Reads a topic from its beginning as a new group, values parsed as JSON, until `count` records were seen. */
  consume(topic: string, group: string, count: number): Promise<void>;
}

export interface Producer {
  send(topic: string, messages: readonly Message[]): Promise<void>;
  close(): Promise<void>;
}
