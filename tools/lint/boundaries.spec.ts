import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');

/** Wrong imports that somebody might write, each in a file planted where it is forbidden. */
const PLANTED = {
  'libs/stats/src/planted-framework.ts':
    "import { Injectable } from '@nestjs/common';\nexport const planted = Injectable;\n",
  'libs/evaluation/src/planted-node.ts': "import { hash } from 'node:crypto';\nexport const planted = hash;\n",
  'libs/platform/src/planted-service.ts':
    "import { ExperimentsModule } from '@assay/experiments';\nexport const planted = ExperimentsModule;\n",
  'apps/flags/src/planted-neighbour.ts':
    "import { ExperimentsModule } from '@assay/experiments';\nexport const planted = ExperimentsModule;\n",
  'apps/cli/src/planted-data.ts': "import { Experiment } from '@assay/models';\nexport const planted = Experiment;\n",
  'apps/gateway/src/planted-testing.ts':
    "import { createTestDatabase } from '@assay/testing';\nexport const planted = createTestDatabase;\n",
} as const;

interface Report {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null }[];
}

/** Rules broken per planted file, by the real configuration and the real command. */
async function lintPlanted(files: readonly string[]): Promise<Map<string, (string | null)[]>> {
  const eslint = join(root, 'node_modules', 'eslint', 'bin', 'eslint.js');
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NX_DAEMON: 'false' } };
  // The rule reads the project graph that Nx has written; on a fresh clone there is none yet.
  await promisify(execFile)(process.execPath, [nx, 'show', 'projects', '--json'], options);
  // Nx may say a word of its own on stdout: the report goes into a file.
  const report = join(mkdtempSync(join(tmpdir(), 'assay-lint-')), 'report.json');
  await promisify(execFile)(
    process.execPath,
    [eslint, '--format', 'json', '--output-file', report, ...files],
    options,
  ).catch(
    () => undefined, // it fails: that is what it is for
  );
  const reports = JSON.parse(readFileSync(report, 'utf8')) as Report[];
  return new Map(
    reports.map(({ filePath, messages }) => [filePath.slice(root.length + 1), messages.map(({ ruleId }) => ruleId)]),
  );
}

describe('module boundaries', () => {
  const files = Object.keys(PLANTED);
  beforeAll(() => {
    for (const [file, text] of Object.entries(PLANTED)) writeFileSync(join(root, file), text);
  });
  afterAll(() => {
    for (const file of files) rmSync(join(root, file), { force: true });
  });

  it('are enforced by lint: every planted import fails', async () => {
    const broken = await lintPlanted(files);
    const notNoticed = files.filter(
      (file) =>
        !broken.get(file)?.some((rule) => rule === '@nx/enforce-module-boundaries' || rule === 'no-restricted-imports'),
    );
    expect(notNoticed).toEqual([]);
  });
});
