// `npm run bench -- loop`: benchmarks that compare side by side in one run and print ratios.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildIfStale } from './build-if-stale.mjs';
import { node, root } from './places.mjs';

buildIfStale();
const built = spawnSync(node, [join(root, 'tools', 'build', 'compile.mjs'), 'tools/bench'], {
  cwd: root,
  encoding: 'utf8',
});
if (built.status !== 0) {
  process.stderr.write(built.stderr);
  process.exit(1);
}
// The bare kafkajs of the comparisons asks for negative timeouts, which is nothing to read about here.
const flags = ['--disable-warning=TimeoutNegativeWarning'];
const { status } = spawnSync(
  node,
  [...flags, join(root, 'tools', 'bench', 'dist', 'index.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
