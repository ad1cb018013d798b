import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.js';

export interface TestProcessOptions {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** User and group to run as. */
  readonly as?: number | undefined;
  readonly input?: string;
}

/** A program of this platform as an operator starts it, with only the given environment; what it prints is kept. */
export class TestProcess {
  out = '';
  err = '';
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  private readonly child: ChildProcess;

  /** @param script path of a JavaScript file from the root of the repository */
  constructor(script: string, { args = [], environment = {}, as, input = '' }: TestProcessOptions = {}) {
    const root = repositoryRoot();
    this.child = spawn(join(root, 'node_modules', '.bin', 'node'), [join(root, script), ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...environment },
      stdio: 'pipe',
      ...(as === undefined ? {} : { uid: as, gid: as }),
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.child.stdin?.on('error', () => undefined);
    this.child.stdin?.end(input);
    this.ended = once(this.child, 'close').then(([code, signal]) => (signal ?? code) as number | string);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Lines of the standard output. */
  get lines(): string[] {
    return this.out.split('\n').filter((line) => line !== '');
  }

  /** The standard error without what the launcher says of a build. */
  get complaints(): string[] {
    return this.err.split('\n').filter((line) => line !== '' && !line.startsWith('Building '));
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
