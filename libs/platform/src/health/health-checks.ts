import { Injectable } from '@nestjs/common';

/** Resolves when the thing is fine, rejects when it is not. */
export type HealthCheck = () => Promise<unknown>;

export interface CheckResult {
  readonly status: 'up' | 'down';
  readonly milliseconds: number;
  /** Why it is down; fit to be shown. */
  readonly message?: string;
}

export interface Readiness {
  readonly status: 'ready' | 'unavailable';
  readonly checks: Record<string, CheckResult>;
}

const PATIENCE = 2_000;

/** What a process needs in order to serve: modules add their checks by name, `/health/ready` asks them all. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, HealthCheck>();
  private needed: ReadonlySet<string> | undefined;

  /** A later check of the same name replaces the earlier one. */
  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** Only these decide from now on, instead of all: the process does its work without the others, which are merely shown. */
  need(names: readonly string[]): void {
    this.needed = new Set(names);
  }

  async run(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    const ready = results.every(([name, { status }]) => status === 'up' || this.needed?.has(name) === false);
    return { status: ready ? 'ready' : 'unavailable', checks: Object.fromEntries(results) };
  }
}

async function outcomeOf(check: HealthCheck): Promise<CheckResult> {
  const began = performance.now();
  const milliseconds = (): number => Math.round(performance.now() - began);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    await Promise.race([check(), patience]);
    return { status: 'up', milliseconds: milliseconds() };
  } catch (error) {
    const message =
      typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
    return { status: 'down', milliseconds: milliseconds(), message };
  } finally {
    clearTimeout(timer);
  }
}
