// Builds what has changed since it was built last: `await buildIfStale()`. Looking costs some milliseconds, a build of
// everything some seconds.
import { spawnSync } from 'node:child_process';
import { globSync, statSync, utimesSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './places.mjs';

const isTest = (file) => /\.(spec|int-spec|e2e-spec)\.ts$/.test(file);
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** A project is stale when a source, or what compiles it, is newer than its compiled entry, or when a source has gone. */
function isStale(project) {
  const source = join(project, 'src');
  const built = modified(join(project, 'dist', 'index.js'));
  if (built === 0) return true;
  const files = globSync('**/*.ts', { cwd: source }).filter((file) => !isTest(file));
  const compiled = globSync('**/*.js', { cwd: join(project, 'dist') });
  if (compiled.length !== files.filter((file) => !file.endsWith('.d.ts')).length) return true;
  return files.some((file) => modified(join(source, file)) > built);
}

export function staleProjects() {
  const projects = globSync('{libs,apps}/{*,*/*}/package.json', { cwd: root }).map((file) => join(root, file, '..'));
  const toolchain = Math.max(...['.swcrc', 'tools/build/compile.mjs'].map((file) => modified(join(root, file))));
  return projects.filter((project) => {
    const built = modified(join(project, 'dist', 'index.js'));
    return modified(join(project, 'src', 'index.ts')) > 0 && (built < toolchain || isStale(project));
  });
}

/** Ends the process with what the build printed when it fails. */
export function buildIfStale() {
  const stale = staleProjects();
  if (stale.length === 0) return;
  process.stderr.write(`Building ${stale.length} project${stale.length === 1 ? '' : 's'} ...\n`);
  const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };
  const built = spawnSync(
    join(root, 'node_modules', '.bin', 'nx'),
    ['run-many', '-t', 'build', '--outputStyle=static'],
    { cwd: root, env, encoding: 'utf8' },
  );
  // Nx leaves what is as it should be alone, times included; without a new time it would be looked at again and again.
  const now = new Date();
  if (built.status === 0) return stale.forEach((project) => utimesSync(join(project, 'dist', 'index.js'), now, now));
  process.stderr.write(`${built.stdout ?? ''}${built.stderr ?? ''}${built.error?.message ?? ''}\nThe build failed.\n`);
  process.exit(1);
}
