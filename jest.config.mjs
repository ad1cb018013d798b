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

export default {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,tools}/**/*.spec.ts', '<rootDir>/tools/**/*.spec.mjs'],
    },
    { ...base, displayName: 'int', testMatch: ['<rootDir>/{apps,libs,tools}/**/*.int-spec.ts'] },
  ],
  reporters: ['default', '<rootDir>/tools/jest/plain-line-reporter.mjs'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
