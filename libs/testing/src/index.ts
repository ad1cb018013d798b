export { startTestPostgres, type TestPostgres } from './postgres/test-postgres.js';
export { createTestDatabase, type TestDatabase } from './postgres/test-database.js';
