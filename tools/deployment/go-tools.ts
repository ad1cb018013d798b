import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Tools that Go makes or brings, in fixed versions; kept beside the broker's jars, outside the repository. */
const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.7.1';
const COMPOSE = 'github.com/compose-spec/compose-go/v2@v2.9.0';

const cacheFolder = (): string =>
  process.env['ASSAY_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'assay');

/** Why nothing can be had from Go here, in one line; undefined when it can. */
export function goMissing(): string | undefined {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no Go on the PATH';
  }
}

/** The `kustomize` program, compiled at the first use (a minute or two). */
export function kustomize(): string {
  const folder = join(cacheFolder(), KUSTOMIZE.replaceAll(/[^\w.-]/g, '-'));
  if (!existsSync(folder)) install(folder, KUSTOMIZE);
  return join(folder, 'kustomize');
}

/** Two runs may do it at once: the first to finish wins. */
function install(folder: string, module: string): void {
  mkdirSync(cacheFolder(), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  execFileSync('go', ['install', module], { env: { ...process.env, GOBIN: draft, GOFLAGS: '' }, stdio: 'pipe' });
  try {
    renameSync(draft, folder);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The file with the JSON schema of the Compose specification. */
export function composeSchema(): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', COMPOSE], {
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return join((JSON.parse(answer) as { Dir: string }).Dir, 'schema', 'compose-spec.json');
}
