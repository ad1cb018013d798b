import { Metrics, type Reading } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { LogServer } from '../consumer/log-server.js';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { LogAdmin } from '../log/log-admin.js';
import { TopicRegistry } from '../log/topic-registry.js';
import { OutboxRelay } from '../outbox/outbox-relay.js';

/**
 * How the log stands, asked when Prometheus asks. Replicas answer the same about the outbox, dead letters and their groups: take the
 * maximum over them, not the sum.
 */
@Injectable()
export class LogGauges {
  constructor(
    private readonly metrics: Metrics,
    private readonly server: LogServer,
    private readonly admin: LogAdmin,
    private readonly topics: TopicRegistry,
    private readonly outbox: OutboxRelay,
    private readonly letters: DeadLetters,
  ) {}

  register(): void {
    this.metrics.readings(
      'assay_consumer_lag_records',
      'Records that a group has not handled yet',
      ['group', 'topic', 'partition'],
      () => this.lags(),
    );
    this.metrics.readings(
      'assay_outbox_messages',
      'Messages that are committed and not yet published',
      [],
      async () => [{ labels: {}, value: (await this.outbox.backlog()).messages }],
    );
    this.metrics.readings('assay_outbox_age_seconds', 'Age of the oldest message in the outbox', [], async () => [
      { labels: {}, value: (await this.outbox.backlog()).ageSeconds },
    ]);
    this.metrics.readings('assay_dead_letters', 'Dead letters that nobody has settled yet', ['topic'], async () => {
      const counts = await this.letters.counts();
      return this.topics.names.map((topic) => ({ labels: { topic }, value: counts.get(topic) ?? 0 }));
    });
  }

  private async lags(): Promise<Reading<'group' | 'topic' | 'partition'>[]> {
    const subscriptions = [...this.server.assignments().keys()].map(
      (pattern) => pattern.split('#') as [string, string],
    );
    const lags = await Promise.all(
      subscriptions.map(async ([topic, group]) => {
        const known = this.topics.find(topic);
        const found = known === undefined ? [] : await this.admin.lag(group, known);
        return found.map(({ partition, lag }) => ({
          labels: { group, topic, partition: String(partition) },
          value: lag,
        }));
      }),
    );
    return lags.flat();
  }
}
