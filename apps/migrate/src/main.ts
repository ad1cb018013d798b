import 'reflect-metadata';
import { ConfigError, StartupError } from '@assay/platform';
import { partsOf, runMigration } from './run-migration.js';

try {
  await runMigration(partsOf(process.argv.slice(2)), process.env, (line) => void process.stdout.write(`${line}\n`));
} catch (error) {
  const known = error instanceof StartupError || error instanceof ConfigError;
  const text = known ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
process.exit(0);
