export { partsOf, runMigration, type Part } from './run-migration.js';
