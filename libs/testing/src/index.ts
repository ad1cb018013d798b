export { testBroker, type TestBroker } from './kafka/test-broker.js';
export { startTestPostgres, type TestPostgres } from './postgres/test-postgres.js';
export { createTestDatabase, type TestDatabase } from './postgres/test-database.js';
export { openTestOrm, type TestOrm } from './postgres/test-orm.js';
export { aFlag } from './builders/a-flag.js';
export { aProject, environmentOf } from './builders/a-project.js';
export { anExperiment, type ExperimentFields } from './builders/an-experiment.js';
export { aUser } from './builders/a-user.js';
