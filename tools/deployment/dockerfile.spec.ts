import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, lastOf, parseDockerfile } from './dockerfile.js';
import { ignoredBy } from './native-build.js';

const root = join(import.meta.dirname, '..', '..');
const dockerfile = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));

const PORTS = {
  gateway: 8_080,
  identity: 8_081,
  experiments: 8_082,
  flags: 8_083,
  assignment: 8_084,
  ingestion: 8_085,
  analysis: 8_086,
  standalone: 8_080,
} as const;
const TARGETS = [...Object.keys(PORTS), 'migrate'];

describe('the Dockerfile', () => {
  it('runs on the Node that the workspace is tested with', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(dockerfile.args['NODE']).toBe(`node:${devDependencies['node'] ?? ''}-slim`);
  });

  it.each(TARGETS)('has a target %s that starts its own program as a user without rights', (target) => {
    expect(lastOf(dockerfile, target, 'USER')).toBe('1000:1000');
    expect(lastOf(dockerfile, target, 'ENTRYPOINT')).toBe('["node"]');
    const [program = ''] = JSON.parse(lastOf(dockerfile, target, 'CMD') ?? '[]') as string[];
    expect(program).toBe(`apps/${target}/dist/main.js`);
    expect(existsSync(join(root, program.replace('/dist/', '/src/').replace(/js$/, 'ts')))).toBe(true);
    expect(environmentOf(dockerfile, target)).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0' });
  });

  it.each(TARGETS)('gives %s its own production dependencies, from the lock', (target) => {
    const run = lastOf(dockerfile, `${target}-modules`, 'RUN');
    expect(run).toContain('npm ci --omit=dev ');
    expect(run).toMatch(new RegExp(`--workspace @assay/${target}( |$)`));
  });

  it.each(Object.entries(PORTS))('lets %s listen on %i, and says how to ask whether it lives', (target, port) => {
    expect(environmentOf(dockerfile, target)['PORT']).toBe(String(port));
    expect(lastOf(dockerfile, target, 'EXPOSE')).toBe(String(port));
    expect(lastOf(dockerfile, target, 'HEALTHCHECK')).toContain('/health/live');
  });

  it('sees no secret, no test and nothing built before', () => {
    const isIgnored = ignoredBy(readFileSync(join(root, '.dockerignore'), 'utf8'));
    for (const path of [
      '.env',
      '.git',
      'node_modules',
      'apps/cli/dist',
      'libs/auth/node_modules',
      'README.md',
      '.assay',
    ])
      expect([path, isIgnored(path)]).toEqual([path, true]);
    for (const path of ['libs/auth/src/jwt/jwt-keys.spec.ts', 'apps/identity/src/access.int-spec.ts'])
      expect([path, isIgnored(path)]).toEqual([path, true]);
    for (const path of ['package-lock.json', '.npmrc', '.swcrc', 'tools/build/compile.mjs', 'apps/cli/src/main.ts'])
      expect([path, isIgnored(path)]).toEqual([path, false]);
  });

  it('refuses what the tests would not understand', () => {
    expect(() => parseDockerfile('FROM x AS y\nADD a b')).toThrow('Not understood: ADD a b');
    expect(() => parseDockerfile('FROM x')).toThrow('A stage without a name');
  });
});
