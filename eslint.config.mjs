import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom (docs/architecture.md): the tag of a project says its kind. */
const depConstraints = [
  {
    sourceTag: 'kind:pure',
    onlyDependOnLibsWithTags: ['kind:pure'],
    bannedExternalImports: ['@nestjs/*', '@mikro-orm/*', 'kafkajs', 'pg', 'node:*'],
  },
  {
    sourceTag: 'kind:data',
    onlyDependOnLibsWithTags: ['kind:pure', 'kind:data'],
    bannedExternalImports: ['@nestjs/*', 'kafkajs', 'fastify'],
  },
  { sourceTag: 'kind:infra', onlyDependOnLibsWithTags: ['kind:pure', 'kind:data', 'kind:infra'] },
  { sourceTag: 'kind:service', onlyDependOnLibsWithTags: ['kind:pure', 'kind:data', 'kind:infra'] },
  {
    sourceTag: 'kind:client',
    onlyDependOnLibsWithTags: ['kind:pure'],
    bannedExternalImports: ['@nestjs/*', '@mikro-orm/*', 'kafkajs', 'pg'],
  },
  { sourceTag: 'kind:testing', onlyDependOnLibsWithTags: ['kind:pure', 'kind:data', 'kind:infra'] },
  { sourceTag: 'kind:tool', onlyDependOnLibsWithTags: ['kind:pure', 'kind:data', 'kind:infra', 'kind:testing'] },
];
/** The composition root alone may import the services, each by its `index.ts`. */
const composition = {
  sourceTag: 'kind:composition',
  onlyDependOnLibsWithTags: ['kind:pure', 'kind:data', 'kind:infra', 'kind:service'],
};
const inTests = depConstraints.map((rule) =>
  rule.sourceTag === 'kind:pure' || rule.sourceTag === 'kind:client'
    ? { ...rule, bannedExternalImports: [] }
    : {
        ...rule,
        onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, 'kind:testing'],
        bannedExternalImports: [],
      },
);

const boundaries = (rules, extra = {}) => [
  'error',
  { enforceBuildableLibDependency: false, checkDynamicDependenciesExceptions: ['.*'], depConstraints: rules, ...extra },
];

const PURE = ['libs/contracts', 'libs/evaluation', 'libs/stats'];
const TESTS = [
  '**/*.spec.ts',
  '**/*.int-spec.ts',
  '**/src/testing/**/*.ts',
  '**/src/contract/**/*.ts',
  'apps/standalone/test/**/*.ts',
  'libs/testing/**/*.ts',
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.assay/**', 'coverage/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
        emitDecoratorMetadata: true,
        experimentalDecorators: true,
      },
    },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([...depConstraints, composition]),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowStaticOnly: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Matters of taste, or of how a framework's options are typed; none of them has found a fault here.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'off',
      // Takes types at their word where they lie: JSON.stringify(undefined), a flag that changes during an await.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      'no-console': 'error',
    },
  },
  {
    files: PURE.map((folder) => `${folder}/src/**/*.ts`),
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'fetch'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Pure code takes its randomness as an argument.' },
        { object: 'Date', property: 'now', message: 'Pure code takes the time as an argument.' },
      ],
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: 'Pure code does no I/O.' }] }],
    },
  },
  {
    files: TESTS,
    rules: {
      // models' own tests run on a database that testing makes with models' migrations: a circle of tests only
      '@nx/enforce-module-boundaries': boundaries([...inTests, composition], {
        allow: ['@assay/testing', '@assay/models'],
        allowCircularSelfDependency: true,
      }),
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['apps/cli/**/*.ts', 'tools/**/*.ts', 'apps/standalone/src/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  prettier,
);
