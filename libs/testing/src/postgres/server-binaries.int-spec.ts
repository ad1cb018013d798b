import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { serverAccount } from './server-account.js';
import { isReachable, reachableCopy, serverBinaries } from './server-binaries.js';

/** Nobody on this machine: neither owner nor group of anything. */
const STRANGER = { uid: 4_000_001, gid: 4_000_001 };

describe('server binaries', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-binaries-'));
    mkdirSync(join(folder, 'native', 'bin'), { recursive: true });
    writeFileSync(join(folder, 'native', 'bin', 'postgres'), '#!/bin/sh\necho reached\n', { mode: 0o755 });
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are used where they are when the account can get there', () => {
    expect(reachableCopy(join(folder, 'native'), randomUUID(), STRANGER)).toBe(join(folder, 'native'));
  });

  it('are copied, once, out of a folder that is closed to others', () => {
    chmodSync(folder, 0o700);
    expect(isReachable(join(folder, 'native'), STRANGER)).toBe(false);
    const version = randomUUID();
    const copy = reachableCopy(join(folder, 'native'), version, STRANGER);
    try {
      expect(isReachable(join(copy, 'bin'), STRANGER)).toBe(true);
      expect(execFileSync(join(copy, 'bin', 'postgres'), { encoding: 'utf8' })).toBe('reached\n');
      const made = statSync(copy).birthtimeMs;
      expect(reachableCopy(join(folder, 'native'), version, STRANGER)).toBe(copy);
      expect(statSync(copy).birthtimeMs).toBe(made);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('run as the account that the server gets, from a copy of the real ones as well', async () => {
    const account = serverAccount();
    const { postgres } = await serverBinaries(account);
    expect(execFileSync(postgres, ['--version'], { ...account, cwd: tmpdir(), encoding: 'utf8' })).toMatch(
      /PostgreSQL/,
    );
    if (account === undefined) return;
    cpSync(join(postgres, '..', '..'), join(folder, 'real'), { recursive: true, verbatimSymlinks: true });
    chmodSync(folder, 0o700);
    const copy = reachableCopy(join(folder, 'real'), randomUUID(), account);
    try {
      const answer = execFileSync(join(copy, 'bin', 'postgres'), ['--version'], { ...account, cwd: tmpdir() });
      expect(answer.toString()).toMatch(/PostgreSQL/);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
