import { migrate, unknownMigrations } from '@assay/models';
import { JsonLogger, StartupError, systemCode } from '@assay/platform';
import type { Environment } from '@assay/service';
import { readConfig, type MigrateConfig } from './migrate.config.js';
import { ensureRoles } from './roles/ensure-roles.js';
import { recoverAssignments } from './assignments/recover-assignments.js';
import { ensureTopics } from './topics/ensure-topics.js';

const PARTS = ['schema', 'topics', 'assignments'] as const;

/** What the job is to do: the schema with its roles, the topics, the assignments that only the log has. */
export type Part = (typeof PARTS)[number];

/** @throws StartupError for an argument that is no part; without arguments it is all of them. */
export function partsOf(args: readonly string[]): readonly Part[] {
  const isPart = (arg: string): arg is Part => (PARTS as readonly string[]).includes(arg);
  const unknown = args.find((arg) => !isPart(arg));
  if (unknown !== undefined) {
    throw new StartupError(
      `There is no part '${unknown}' of the migration; there are ${PARTS.slice(0, -1).join(', ')} and ${PARTS.at(-1)}.`,
    );
  }
  return args.length === 0 ? PARTS : args.filter(isPart);
}

/**
 * The job that comes before the services: schema and roles, topics, assignments. May run again, and beside itself: what is there stays.
 *
 * @throws ConfigError, or StartupError with a line for the operator.
 */
export async function runMigration(
  parts: readonly Part[],
  environment: Environment,
  say: (line: string) => void,
): Promise<void> {
  const config = readConfig(environment);
  if (parts.includes('schema')) await bringSchemaUpToDate(config, say);
  if (parts.includes('topics')) await makeTopics(config, say);
  if (parts.includes('assignments')) await bringAssignmentsBack(config, say);
}

async function bringSchemaUpToDate(config: MigrateConfig, say: (line: string) => void): Promise<void> {
  const { databaseUrl } = config;
  const unknown = await asking(databaseUrl, () => unknownMigrations(databaseUrl));
  if (unknown.length > 0) {
    throw new StartupError(
      `The database was written by a newer Assay (it has the migration ${unknown.at(-1)}). Run its migration job instead.`,
    );
  }
  const { applied } = await migrate(databaseUrl);
  say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
  const roles = await ensureRoles(databaseUrl, { prefix: config.rolePrefix, passwords: config.passwords });
  const withPassword = Object.keys(config.passwords).length;
  say(`Roles: ${roles.join(', ')} (${withPassword} of ${roles.length} passwords set).`);
}

async function makeTopics({ databaseUrl, kafka, logLevel }: MigrateConfig, say: (line: string) => void): Promise<void> {
  if (kafka === undefined) return say('No topics: KAFKA_BROKERS is not set.');
  const topics = await ensureTopics({
    databaseUrl,
    kafka,
    logger: new JsonLogger({ service: 'migrate', level: logLevel }),
  });
  say(`Topics: ${topics} at ${kafka.brokers.join(', ')}.`);
}

async function bringAssignmentsBack(config: MigrateConfig, say: (line: string) => void): Promise<void> {
  const { databaseUrl, kafka, logLevel } = config;
  if (kafka === undefined) return say('No assignments to bring back: KAFKA_BROKERS is not set.');
  const logger = new JsonLogger({ service: 'migrate', level: logLevel });
  const back = await recoverAssignments({ databaseUrl, kafka, logger });
  if (back.read > 0)
    say(`Assignments: ${back.stored} of the ${back.read} that are on their way in Kafka were not stored and are now.`);
}

/** The first question to the database: that it is not there is the operator's business. */
async function asking<T>(url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { hostname, port, pathname } = new URL(url);
    const reason = systemCode(error) || (error instanceof Error ? error.message : String(error));
    throw new StartupError(`The database at ${hostname}:${port || '5432'}${pathname} cannot be used (${reason}).`, {
      cause: error,
    });
  }
}
