import { analysisEntities } from './analysis/index.js';
import { assignmentEntities } from './assignment/index.js';
import { experimentEntities } from './experiments/index.js';
import { flagEntities } from './flags/index.js';
import { identityEntities } from './identity/index.js';
import { platformEntities } from './platform/index.js';

/** Every entity of the schema: what migrations and the drift test look at. */
export const allEntities = [
  ...identityEntities,
  ...experimentEntities,
  ...flagEntities,
  ...assignmentEntities,
  ...analysisEntities,
  ...platformEntities,
];
