import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { kustomize } from './go-tools.js';

/** The schemas of Kubernetes with a validator, as a Python package. */
const VALIDATOR = 'kubernetes-validate==1.37.0';

/** Why manifests cannot be rendered and validated here, in one line; undefined when they can. */
export function kubernetesToolsMissing(): string | undefined {
  for (const [program, arguments_] of [
    ['go', ['version']],
    ['python3', ['-m', 'pip', '--version']],
  ] as const) {
    try {
      execFileSync(program, arguments_, { stdio: 'ignore' });
    } catch {
      return `'${program} ${arguments_.join(' ')}' does not work`;
    }
  }
  return undefined;
}

/** What `kubectl apply -k` would apply. */
export function render(folder: string): string {
  return execFileSync(kustomize(), ['build', folder], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: 'pipe' });
}

/** What the schemas of a version say of the manifests, one complaint a line; unknown fields are complaints. */
export function validate(manifests: string, version: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'assay-manifests-'));
  const file = join(folder, 'manifests.yaml');
  writeFileSync(file, manifests);
  const env = { ...process.env, PYTHONPATH: validator() };
  const options = ['-m', 'kubernetes_validate', '--strict', '--kubernetes-version', version, file];
  try {
    return findings(execFileSync('python3', options, { env, encoding: 'utf8', stdio: 'pipe' }));
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return findings(`${stdout}\n${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const findings = (output: string): string[] =>
  output.split('\n').filter((line) => line !== '' && !line.startsWith('INFO'));

/** Fetched at the first use; two runs may do it at once: the first to finish wins. */
function validator(): string {
  const cache =
    process.env['ASSAY_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'assay');
  const folder = join(cache, VALIDATOR.replace('==', '-'));
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--target', draft, VALIDATOR], { stdio: 'pipe' });
  try {
    renameSync(draft, folder);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
