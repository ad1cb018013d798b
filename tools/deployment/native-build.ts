import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, join, matchesGlob, relative, resolve } from 'node:path';
import { type Dockerfile, environmentOf, lineage, type Instruction } from './dockerfile.js';

/**
 * Does what a Dockerfile says without Docker: each stage is a folder, `COPY` copies between folders, `RUN` runs in them. Only
 * the base image is not there: the Node of this machine stands in for it.
 */
export class NativeBuild {
  private readonly built = new Map<string, string>();

  constructor(
    private readonly dockerfile: Dockerfile,
    /** Folder that `COPY . .` copies from. */
    private readonly context: string,
    /** Where the stages' folders go. */
    private readonly folder: string,
    /** Folder with the `node` of the base image. */
    private readonly binaries: string,
  ) {}

  /** Builds a stage and what it needs; returns the folder that is its root directory. */
  build(name: string): string {
    const known = this.built.get(name);
    if (known !== undefined) return known;
    const root = join(this.folder, name);
    this.built.set(name, root);
    mkdirSync(root, { recursive: true });
    const stage = this.dockerfile.stages.find((each) => each.name === name);
    if (stage === undefined) throw new Error(`There is no stage ${name}`);
    const base = this.dockerfile.stages.find((each) => each.name === stage.from);
    if (base !== undefined) copyInto(this.build(base.name), root);
    let workdir = '/';
    for (const { instructions } of lineage(this.dockerfile, name)) {
      const isOwn = instructions === stage.instructions;
      for (const instruction of instructions) {
        if (instruction.name === 'WORKDIR') workdir = instruction.rest;
        mkdirSync(join(root, workdir), { recursive: true });
        if (isOwn) this.perform(instruction, name, root, join(root, workdir));
      }
    }
    return root;
  }

  private perform({ name, flags, rest }: Instruction, stage: string, root: string, workdir: string): void {
    if (name === 'COPY') this.copy(flags['from'], rest, root, workdir);
    if (name === 'RUN') this.run(rest, stage, workdir);
  }

  private copy(from: string | undefined, rest: string, root: string, workdir: string): void {
    const [source = '', target = ''] = rest.split(' ');
    const into = target.startsWith('/') ? join(root, target) : resolve(workdir, target);
    if (from === undefined && source === '.') copyContext(this.context, into, this.context);
    else if (from === undefined) cpSync(join(this.context, source), resolve(into, basename(source)));
    else copyInto(join(this.build(from), source), into);
  }

  private run(command: string, stage: string, cwd: string): void {
    // As in a build by Docker, the way to the registry is the machine's; what Node and npm are to do is not.
    const { PATH = '', NODE_ENV: _mode, NODE_OPTIONS: _options, ...machine } = process.env;
    const path = [this.binaries, PATH].join(delimiter);
    const env = { ...machine, ...environmentOf(this.dockerfile, stage), PATH: path };
    try {
      execFileSync('/bin/sh', ['-c', command], { cwd, env, stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 });
    } catch (error) {
      const { stderr } = error as { stderr?: Buffer };
      throw new Error(`RUN ${command} failed in stage ${stage}:\n${stderr?.toString().slice(-4_000) ?? ''}`, {
        cause: error,
      });
    }
  }
}

/** Copies what is in a folder, links as links. */
function copyInto(source: string, target: string): void {
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
}

/** Copies what the `.dockerignore` of the context leaves. */
function copyContext(source: string, target: string, context: string): void {
  const isIgnored = ignoredBy(readFileSync(join(context, '.dockerignore'), 'utf8'));
  const copy = (from: string, to: string): void => {
    for (const name of readdirSync(from)) {
      const [path, copied] = [join(from, name), join(to, name)];
      if (isIgnored(relative(context, path))) continue;
      if (statSync(path).isDirectory()) copy(path, copied);
      else {
        mkdirSync(to, { recursive: true });
        cpSync(realpathSync(path), copied);
      }
    }
  };
  copy(source, target);
}

/** Whether a path is left out, by the lines of a `.dockerignore` (without exceptions: we have none). */
export function ignoredBy(text: string): (path: string) => boolean {
  const patterns = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (patterns.some((pattern) => pattern.startsWith('!'))) throw new Error('Exceptions (!) are not understood here.');
  // `**/` also stands for no folder at all, and dots are letters like any other.
  return (path) => patterns.some((pattern) => matchesGlob(path, pattern) || dotted(path, pattern));
}

function dotted(path: string, pattern: string): boolean {
  return pattern.startsWith('**/') && matchesGlob(basename(path), pattern.slice(3));
}
