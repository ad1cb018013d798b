export { DefinitionCatalog, type DefinitionChanged, type DefinitionSource } from './definition-catalog.js';
export { DefinitionIndex, type Versioned } from './definition-index.js';
export { DefinitionsModule } from './definitions.module.js';
export { ExperimentCatalog } from './experiment-catalog.js';
export { FlagCatalog, toFlagDefinition } from './flag-catalog.js';
export { readPages, whereIdOrKey } from './read-pages.js';
export { SegmentCatalog, toSegmentDefinition } from './segment-catalog.js';
export { toExperimentDefinition } from './to-experiment-definition.js';
