import {
  EVENT_LIMITS,
  EXPOSURE,
  EventInput,
  fieldErrors,
  isOrdinaryEvent,
  unstorableText,
  type AcceptedEvent,
  type ExperimentDefinition,
} from '@assay/contracts';
import { BrokenLine } from '../ndjson/broken-line.js';
import { eventKey } from './event-key.js';
import { infiniteNumberIn } from './infinite-numbers.js';

/** PostgreSQL knows no year 0. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');

/** What an event may refer to, as known at this moment; undefined is "there is no such thing here". */
export interface References {
  experiment(idOrKey: string): ExperimentDefinition | undefined;
  flagId(idOrKey: string): string | undefined;
}

export interface IntakeContext {
  readonly projectId: string;
  readonly environmentId: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly references: References;
  /** Id for an event that came without one, by its index in the request. */
  readonly newId: (index: number) => string;
}

export interface Refused {
  readonly code: string;
  readonly message: string;
}
export type Checked = { readonly accepted: AcceptedEvent } | { readonly refused: Refused };

const refused = (code: string, message: string): { refused: Refused } => ({ refused: { code, message } });

/** Parses one event; the first complaint names the field. */
export function parseEvent(raw: unknown): { input: EventInput } | { refused: Refused } {
  if (isOrdinaryEvent(raw)) return { input: raw };
  if (raw instanceof BrokenLine) return refused(raw.code, `event: ${raw.reason}`);
  const parsed = EventInput.safeParse(raw);
  if (parsed.success) return { input: parsed.data };
  const [first] = fieldErrors(parsed.error);
  return refused(
    'validation_failed',
    first === undefined ? 'is not an event' : `${first.path || 'event'}: ${first.message}`,
  );
}

/** Decides about one parsed event: what goes into the log, or why it is refused. `index` is its place in the request. */
export function checkEvent(input: EventInput, index: number, context: IntakeContext): Checked {
  const at = input.timestamp == null ? context.now : Date.parse(input.timestamp);
  if (at > context.now + EVENT_LIMITS.futureHours * 3_600_000) {
    return refused('timestamp_in_future', `timestamp: lies more than ${EVENT_LIMITS.futureHours} h ahead`);
  }
  if (at < EARLIEST) return refused('validation_failed', 'timestamp: lies before the year 1');
  const metadata = input.metadata ?? null;
  const metadataFault = metadata === null ? undefined : checkMetadata(metadata);
  if (metadataFault !== undefined) return { refused: metadataFault };
  const subject = checkReferences(input, context);
  if ('refused' in subject) return subject;
  const id = input.id ?? context.newId(index);
  return {
    accepted: {
      key: eventKey(context.projectId, id),
      id,
      projectId: context.projectId,
      eventType: input.eventType,
      userId: input.userId,
      at,
      value: input.value ?? null,
      experimentId: subject.experimentId,
      variantId: subject.variantId,
      flagId: subject.flagId,
      metadata,
    },
  };
}

function checkMetadata(metadata: Record<string, unknown>): Refused | undefined {
  const text = JSON.stringify(metadata);
  // UTF-8 needs at most three bytes for a UTF-16 code unit: only long texts have to be measured.
  const isLong = text.length * 3 > EVENT_LIMITS.metadataBytes;
  if (isLong && Buffer.byteLength(text) > EVENT_LIMITS.metadataBytes) {
    return { code: 'metadata_too_large', message: `metadata: is larger than ${EVENT_LIMITS.metadataBytes} bytes` };
  }
  const problem = unstorableText(text);
  if (problem !== undefined) return { code: 'validation_failed', message: `metadata: ${problem}` };
  // As text they are null: metadata without one, which is most, need no walk.
  const infinite = text.includes('null') ? infiniteNumberIn(metadata, 'metadata') : undefined;
  if (infinite !== undefined) return { code: 'validation_failed', message: `${infinite}: must be a finite number` };
  return undefined;
}

interface Subject {
  readonly experimentId: string | null;
  readonly variantId: string | null;
  readonly flagId: string | null;
}

function checkReferences(input: EventInput, context: IntakeContext): Subject | { refused: Refused } {
  const isExposure = input.eventType === EXPOSURE;
  const flagId = input.flag == null ? null : context.references.flagId(input.flag);
  if (flagId === undefined) return refused('unknown_flag', `flag: '${input.flag}' does not exist in this project`);
  if (input.experiment == null) {
    if (isExposure) return refused('validation_failed', 'experiment: an exposure must name its experiment');
    if (input.variant != null) return refused('validation_failed', 'variant: needs the experiment it belongs to');
    return { experimentId: null, variantId: null, flagId };
  }
  const experiment = context.references.experiment(input.experiment);
  if (experiment === undefined) {
    return refused('unknown_experiment', `experiment: '${input.experiment}' does not exist in this project`);
  }
  if (isExposure) {
    const fault = checkExposure(input, experiment, context);
    if (fault !== undefined) return { refused: fault };
  }
  if (input.variant == null) return { experimentId: experiment.id, variantId: null, flagId };
  const variant = experiment.variants.find(({ key, id }) => key === input.variant || id === input.variant);
  if (variant === undefined) {
    const known = experiment.variants.map(({ key }) => key).join(', ');
    return refused('unknown_variant', `variant: '${input.variant}' is none of ${known}`);
  }
  return { experimentId: experiment.id, variantId: variant.id, flagId };
}

function checkExposure(
  input: EventInput,
  experiment: ExperimentDefinition,
  context: IntakeContext,
): Refused | undefined {
  if (input.variant == null)
    return { code: 'validation_failed', message: 'variant: an exposure must name the variant seen' };
  if (experiment.environmentId !== context.environmentId) {
    return {
      code: 'wrong_environment',
      message: `experiment: '${experiment.key}' runs in another environment than this key`,
    };
  }
  if (experiment.status === 'DRAFT' || experiment.status === 'ARCHIVED') {
    return {
      code: 'experiment_not_running',
      message: `experiment: '${experiment.key}' is ${experiment.status}; exposures count once it has been started`,
    };
  }
  return undefined;
}
