import { looksAccepted, type AcceptedEvent } from '@assay/contracts';

/** Different texts kept; ids of projects and experiments and names of events are few. */
const MOST_TEXTS = 10_000;

/**
 * Reads accepted events back from the log. Each is parsed from a text of its own, so that thousands of a batch would hold as many
 * copies of the same few ids; they share one.
 */
export function acceptedReader(): (data: unknown) => AcceptedEvent | undefined {
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(text, text);
    return text;
  };
  const sharedOrNull = (text: string | null): string | null => (text === null ? null : shared(text));
  return (data) => {
    if (!looksAccepted(data)) return undefined;
    data.projectId = shared(data.projectId);
    data.eventType = shared(data.eventType);
    data.experimentId = sharedOrNull(data.experimentId);
    data.variantId = sharedOrNull(data.variantId);
    data.flagId = sharedOrNull(data.flagId);
    return data;
  };
}
