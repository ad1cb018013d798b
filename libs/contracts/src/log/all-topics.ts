import { assignmentRecorded } from '../assignments/topics.js';
import { eventAccepted, eventRejected, eventReplayed } from '../events/topics.js';
import { experimentChanged } from '../experiments/topics.js';
import { propagationAsked, propagationReported } from '../flags/propagation.js';
import { flagChanged, flagEvaluated, flagStale, listChanged, segmentChanged } from '../flags/topics.js';
import { auditRecorded } from '../identity/audit.js';
import { identityChanged } from '../identity/topics.js';
import type { Topic } from './topic.js';

/** Every topic there is: what a deployment creates. */
export const allTopics: readonly Topic[] = [
  eventAccepted,
  eventRejected,
  eventReplayed,
  assignmentRecorded,
  experimentChanged,
  flagChanged,
  flagEvaluated,
  flagStale,
  segmentChanged,
  listChanged,
  propagationAsked,
  propagationReported,
  identityChanged,
  auditRecorded,
] as readonly Topic[];
