export { runMigration } from './run-migration.js';
