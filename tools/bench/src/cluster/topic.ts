import { eventAccepted } from '@assay/contracts';

export const eventAcceptedName = eventAccepted.name;
export const PARTITIONS = eventAccepted.partitions;
/** As the Kafka transport names the group of a topic's consumers. */
export const ANALYSIS_GROUP = `assay.analysis.${eventAccepted.type}`;
