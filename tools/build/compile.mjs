// Compiles one project's src/ into its dist/ with swc: `node tools/build/compile.mjs libs/contracts`.
// Types are checked apart (`npm run typecheck`), so that a build takes a second, not a minute.
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { transformFileSync } from '@swc/core';

const project = process.argv[2];
if (project === undefined) {
  console.error('usage: node tools/build/compile.mjs <project folder>');
  process.exit(2);
}

const source = join(project, 'src');
const target = join(project, 'dist');
rmSync(target, { recursive: true, force: true });

const isTest = (file) => /\.(spec|int-spec|e2e-spec)\.ts$/.test(file) || file.endsWith('.d.ts');
let compiled = 0;
for (const file of globSync(`${source}/**/*.ts`).sort()) {
  if (isTest(file)) continue;
  const out = join(target, relative(source, file)).replace(/\.ts$/, '.js');
  const { code, map } = transformFileSync(file, { configFile: '.swcrc', sourceFileName: relative(dirname(out), file) });
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${code}\n//# sourceMappingURL=${basename(out)}.map\n`);
  writeFileSync(`${out}.map`, map ?? '');
  compiled += 1;
}
console.log(`${project}: ${compiled} files compiled`);
