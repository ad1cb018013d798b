import type { Topic } from '@assay/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { LOG_SETTINGS, type LogSettings } from './log-options.js';

/** The topics this process knows, by their name on the wire. */
@Injectable()
export class TopicRegistry {
  private readonly byName: ReadonlyMap<string, Topic>;

  constructor(@Inject(LOG_SETTINGS) settings: LogSettings) {
    this.byName = new Map(settings.topics.map((topic) => [topic.name, topic]));
  }

  get names(): string[] {
    return [...this.byName.keys()];
  }

  get all(): Topic[] {
    return [...this.byName.values()];
  }

  find(name: string): Topic | undefined {
    return this.byName.get(name);
  }
}
