import { missing } from './tools/kafka/src/jars.mjs';

// One configuration for the whole workspace: `*.spec.ts` touch no I/O, `*.int-spec.ts` use a real PostgreSQL (and, where
// a broker is at hand, a real Kafka). Projects are read from source through the `@assay/source` export condition.
const base = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@assay/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/', '/.nx/'],
};

/**
 * Suites whose processes speak over the log: they run on either, once with the log in PostgreSQL and once on a broker. Those of
 * `apps/analysis/src/apply` and of whole installations take both by themselves; experiments are tested without a relay, so
 * that no log is touched. Of standalone, what is about starting and the large data sets run once: `kafka` starts it on a broker, and
 * `statistics` imports as they do.
 */
const overTheLog = [
  'apps/{assignment,flags,identity}/src/**/*.int-spec.ts',
  'apps/analysis/src/{health,looks,plan,results}/*.int-spec.ts',
  'apps/standalone/src/{exposures,golden-rules,killed,open-feature,statistics,tracking}.int-spec.ts',
];

const given = process.env.KAFKA_BROKERS || process.env.ASSAY_REQUIRE_KAFKA === '1';
const reason = given ? undefined : missing();
if (reason !== undefined) console.error(`No Kafka here (${reason}): suites run with their log in PostgreSQL only.`);

export default {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,tools}/**/*.spec.ts', '<rootDir>/tools/**/*.spec.mjs'],
    },
    { ...base, displayName: 'int', testMatch: ['<rootDir>/{apps,libs,tools}/**/*.int-spec.ts'] },
    ...(reason === undefined
      ? [
          {
            ...base,
            displayName: 'kafka',
            testMatch: overTheLog.map((path) => `<rootDir>/${path}`),
            setupFiles: ['<rootDir>/tools/jest/log-on-kafka.mjs'],
          },
        ]
      : []),
  ],
  testSequencer: '<rootDir>/tools/jest/longest-first.mjs',
  reporters: ['default', '<rootDir>/tools/jest/plain-line-reporter.mjs'],
  // For a machine that is slow at the moment: what hangs is found all the same.
  testTimeout: 300_000,
  maxWorkers: 2,
  // What a suite imports stays in its worker (ES modules in contexts of their own): a new worker costs a second, 3 GB cost more.
  workerIdleMemoryLimit: '1GB',
};
