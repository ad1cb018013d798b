import { migrate, unknownMigrations } from '@assay/models';
import { StartupError } from '@assay/platform';

/**
 * Brings the schema up to date.
 *
 * @returns the names of the migrations applied.
 * @throws StartupError when a newer Assay has been at work on it.
 */
export async function updateSchema(url: string): Promise<string[]> {
  const unknown = await unknownMigrations(url);
  if (unknown.length > 0) {
    throw new StartupError(
      `The database was written by a newer Assay (it has the migration ${unknown.at(-1)}, which this one does not know). Start that version again, or restore a backup.`,
    );
  }
  const { applied } = await migrate(url);
  return applied;
}
