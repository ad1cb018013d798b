import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgresBinaries, programOf } from './postgres-binaries.js';
import { runnableBinaries } from './runnable-binaries.js';
import { chooseAccount, isRoot, tryAs } from './server-account.js';

// Only root can become another user; for anybody else the server runs as who started it, and no folder is closed to it.
const asRoot = isRoot() ? it : it.skip;
if (!isRoot()) process.stderr.write('Not root here: the test of programs in a closed folder is skipped.\n');

it('installed programs that everybody can run are used where they are', () => {
  expect(programOf(findPostgresBinaries(), 'postgres')).toMatch(/native\/bin\/postgres$/);
});

asRoot('programs in a folder that the server’s user cannot enter are copied once, and run there', () => {
  const closed = mkdtempSync(join(tmpdir(), 'assay-closed-'));
  const version = `0.0.0-test.${process.pid}`;
  const account = chooseAccount();
  const installed = findPostgresBinaries();
  let copy: string | undefined;
  try {
    cpSync(installed.root, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    const hidden = { ...installed, root: join(closed, 'native'), version };
    const found = runnableBinaries(hidden, account);
    copy = found.root;
    expect(copy.startsWith(closed)).toBe(false);
    expect(tryAs(account, programOf(found, 'initdb'), ['--version']).stdout).toContain('initdb (PostgreSQL)');
    const made = statSync(copy).ino;
    expect(statSync(runnableBinaries(hidden, account).root).ino).toBe(made);
  } finally {
    for (const path of [closed, copy]) if (path !== undefined) rmSync(path, { recursive: true, force: true });
  }
});
