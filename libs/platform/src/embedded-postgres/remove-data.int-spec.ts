import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { InstanceLock } from './instance-lock.js';
import { removeData } from './remove-data.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync('/var/tmp/assay-remove-');
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (directory: string, ...names: string[]): void => {
  mkdirSync(directory, { recursive: true });
  for (const name of names) writeFileSync(join(directory, name), '');
};

it('removes the directory with all that Assay put there', async () => {
  const dataDir = join(folder, '.assay');
  put(join(dataDir, 'postgres'), 'PG_VERSION');
  put(dataDir, 'postgres-password', 'postgres.log', 'jwt-secret', 'cli-credentials.json', 'assay.lock');
  await removeData(dataDir);
  expect(existsSync(dataDir)).toBe(false);
});

it('follows the link to a database that lies elsewhere', async () => {
  const [dataDir, elsewhere] = [join(folder, '.assay'), join(folder, 'elsewhere')];
  put(elsewhere, 'PG_VERSION');
  put(dataDir, 'jwt-secret');
  symlinkSync(realpathSync(elsewhere), join(dataDir, 'postgres'));
  await removeData(dataDir);
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves everything else in the directory where it is', async () => {
  put(folder, 'thesis.txt', 'postgres-notes.md', 'jwt-secret');
  await removeData(folder);
  expect(readdirSync(folder).sort()).toEqual(['postgres-notes.md', 'thesis.txt']);
});

it('does nothing while an Assay runs there, nor where there is nothing', async () => {
  put(folder, 'jwt-secret');
  const lock = InstanceLock.acquire(folder);
  await expect(removeData(folder)).rejects.toThrow('Another Assay');
  expect(existsSync(join(folder, 'jwt-secret'))).toBe(true);
  lock.release();
  await removeData(join(folder, 'nowhere'));
});
