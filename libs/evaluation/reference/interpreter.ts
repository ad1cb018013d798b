import type { Bucket, Cond, Context, Definitions, Flag, Hashing, Json, Serve, Split } from '../src/definition.js';
import type { EvaluationOptions, StickyDocument } from '../src/result.js';
import { slowGet, slowLeaf } from './leaf.js';
import { slowPosition } from './positions.js';

/*
 * The rule model as an interpreter: it walks the stored documents for every evaluation, as plainly as the design describes
 * them. The compiled engine must always agree with it.
 */

interface SlowExposure {
  readonly experiment: string;
  readonly arm: string;
  readonly variant: string;
  readonly unit: string | null;
  readonly unitRef: string | null;
  readonly fraction: number | null;
  readonly sticky: boolean;
  readonly forced: boolean;
}

export interface SlowResult {
  readonly value: Json;
  readonly variant: string | null;
  readonly on: boolean;
  readonly reason: string;
  readonly ruleId?: string;
  readonly prerequisite?: string;
  readonly error?: string;
  readonly exposures: readonly SlowExposure[];
  readonly stickyAfter: Readonly<Record<string, StickyDocument>>;
}

type Served = Pick<SlowResult, 'value' | 'variant' | 'on'>;
type Decided = Served & Pick<SlowResult, 'reason' | 'ruleId' | 'prerequisite'>;

class Failure extends Error {}

class Evaluation {
  readonly exposures: SlowExposure[] = [];
  readonly stickyAfter: Record<string, StickyDocument>;
  private readonly flagPath: string[] = [];
  private readonly segmentPath: string[] = [];

  constructor(
    private readonly definitions: Definitions,
    private readonly context: Context,
    private readonly options: EvaluationOptions,
  ) {
    this.stickyAfter = structuredClone(options.sticky ?? {});
  }

  holds(cond: Cond, subject: unknown): boolean {
    if (typeof cond === 'boolean') return cond;
    if ('all' in cond) return cond.all.every((part) => this.holds(part, subject));
    if ('any' in cond) return cond.any.some((part) => this.holds(part, subject));
    if ('not' in cond) return !this.holds(cond.not, subject);
    if ('segment' in cond) return this.segment(cond.segment, subject);
    if ('bucket' in cond) return this.bucket(cond.bucket, subject);
    if ('some' in cond) {
      const elements = this.get(subject, cond.some);
      return Array.isArray(elements) && elements.some((element) => this.holds(cond.where, asSubject(element)));
    }
    const source = cond.flag === undefined ? subject : this.read(cond.flag);
    const listed = cond.list === undefined ? [] : [...(this.definitions.lists?.[cond.list] ?? [])];
    return slowLeaf(cond, this.get(source, cond.attr), listed);
  }

  evaluate(key: string): Decided {
    const flag = this.definitions.flags?.[key];
    if (flag === undefined) throw new Failure('FLAG_NOT_FOUND');
    if (this.flagPath.includes(key)) throw new Failure('CYCLE');
    this.flagPath.push(key);
    const decided = this.decide(flag);
    this.flagPath.pop();
    return decided;
  }

  private get(subject: unknown, ref: string): unknown {
    const isNow = ref === '$now' || ref === '/$now';
    return isNow && this.options.now !== undefined ? this.options.now : slowGet(subject, ref);
  }

  private segment(key: string, subject: unknown): boolean {
    const segment = this.definitions.segments?.[key];
    if (segment === undefined) return false;
    if (this.segmentPath.includes(key)) throw new Failure('CYCLE');
    this.segmentPath.push(key);
    const holds = this.holds(segment, subject);
    this.segmentPath.pop();
    return holds;
  }

  private read(key: string): Served {
    if (this.definitions.flags?.[key] === undefined) return { value: null, variant: null, on: false };
    const { value, variant, on } = this.evaluate(key);
    return { value, variant, on };
  }

  private units(hashing: Hashing, subject: unknown): { ref: string; text: string }[] {
    return hashing.unit.flatMap((ref) => {
      const value = this.get(subject, ref);
      const usable = ['string', 'number', 'boolean'].includes(typeof value) && value !== '';
      return usable ? [{ ref, text: String(value) }] : [];
    });
  }

  private position(hashing: Hashing, unit: string): number {
    return slowPosition(hashing.hash ?? 'native', hashing.salt, unit, hashing.mod) ?? NaN;
  }

  private bucket(bucket: Bucket, subject: unknown): boolean {
    const [unit] = this.units(bucket, subject);
    if (unit === undefined && bucket.missing !== 0) return false;
    const position = unit === undefined ? 0 : this.position(bucket, unit.text);
    return bucket.in.some(([from, to]) => from <= position && position < to);
  }

  private off(flag: Flag): Served {
    return { value: flag.off === null ? null : (flag.variants[flag.off] ?? null), variant: flag.off, on: false };
  }

  private decide(flag: Flag): Decided {
    if (!flag.on) return { ...this.off(flag), reason: 'DISABLED' };
    for (const { id, when } of flag.requires ?? []) {
      if (this.holds(when, this.context)) continue;
      return { ...this.off(flag), reason: 'PREREQUISITE_FAILED', prerequisite: id };
    }
    for (const rule of flag.rules) {
      if (!this.holds(rule.when, this.context)) continue;
      const reason = this.hashes(rule.when, new Set()) ? 'SPLIT' : 'TARGETING_MATCH';
      const served = this.serve(flag, rule.serve, reason);
      if (served !== undefined) return { ...served, ruleId: rule.id };
    }
    const byDefault = flag.rules.length === 0 ? 'STATIC' : 'DEFAULT';
    const served = flag.default === undefined ? undefined : this.serve(flag, flag.default, byDefault);
    return served ?? { value: null, variant: null, on: true, reason: 'DEFAULT' };
  }

  private serve(flag: Flag, serve: Serve, reason: string): Decided | undefined {
    if ('off' in serve) return { ...this.off(flag), reason: 'DISABLED' };
    if ('variant' in serve) {
      return { value: flag.variants[serve.variant] ?? null, variant: serve.variant, on: true, reason };
    }
    const exposure = this.split(serve.split);
    if (exposure === undefined) return undefined;
    this.exposures.push(exposure);
    const arm = serve.split.arms.find((candidate) => (candidate.key ?? candidate.variant) === exposure.arm);
    if (arm?.continue === true) return undefined;
    return { value: flag.variants[exposure.variant] ?? null, variant: exposure.variant, on: true, reason: 'SPLIT' };
  }

  private split(split: Split): SlowExposure | undefined {
    const experiment = split.key ?? split.salt;
    const units = this.units(split, this.context);
    const [unit] = units;
    const expose = (
      index: number,
      how: 'hash' | 'sticky' | 'forced',
      fraction: number | null,
    ): SlowExposure | undefined => {
      const arm = split.arms[index];
      const who = { unit: unit?.text ?? null, unitRef: unit?.ref ?? null, fraction };
      const what = { experiment, arm: arm?.key ?? arm?.variant ?? '', variant: arm?.variant ?? '' };
      return arm === undefined ? undefined : { ...what, ...who, sticky: how === 'sticky', forced: how === 'forced' };
    };
    const indexOf = (key: string | undefined): number =>
      split.arms.findIndex((arm) => key !== undefined && (arm.key ?? arm.variant) === key);

    const override = this.options.overrides?.[experiment];
    const forced = typeof override === 'number' ? override : indexOf(override);
    const forcedExposure = expose(forced, 'forced', null);
    if (forcedExposure !== undefined) return forcedExposure;

    if (unit === undefined && split.missing !== 0) return undefined;
    const fraction = unit === undefined ? 0 : this.position(split, unit.text);
    const sticky = this.options.sticky === undefined || unit === undefined ? undefined : split.sticky;
    const kept = split.sticky === undefined ? undefined : this.options.stored?.[experiment];
    if (kept === null) return undefined;
    const stored: Record<string, string> = {};
    for (const { ref, text } of units) {
      for (const [name, arm] of Object.entries(this.options.sticky?.[`${ref}||${text}`]?.assignments ?? {})) {
        stored[name] ??= arm;
      }
    }
    if (sticky !== undefined) {
      for (let version = 0; version < sticky.minVersion; version++) {
        if (stored[`${experiment}__${version}`] !== undefined) return undefined;
      }
    }
    const inDocuments = sticky === undefined ? -1 : indexOf(stored[`${experiment}__${sticky.version}`]);
    const storedIndex = indexOf(kept) < 0 ? inDocuments : indexOf(kept);
    if (storedIndex < 0 && split.enroll !== undefined && !this.holds(split.enroll, this.context)) return undefined;
    const hashed = split.arms.findIndex((arm) => arm.in.some(([from, to]) => from <= fraction && fraction < to));
    const exposure = storedIndex < 0 ? expose(hashed, 'hash', fraction) : expose(storedIndex, 'sticky', fraction);
    if (exposure !== undefined && sticky !== undefined && unit !== undefined) {
      const key = `${unit.ref}||${unit.text}`;
      const document = this.stickyAfter[key] ?? { attributeName: unit.ref, attributeValue: unit.text, assignments: {} };
      const assignments = { ...document.assignments, [`${experiment}__${sticky.version}`]: exposure.arm };
      this.stickyAfter[key] = { ...document, assignments };
    }
    return exposure;
  }

  /** Whether a condition contains a bucket predicate, in a segment, too. */
  private hashes(cond: Cond, seen: Set<string>): boolean {
    if (typeof cond === 'boolean') return false;
    if ('all' in cond) return cond.all.some((part) => this.hashes(part, seen));
    if ('any' in cond) return cond.any.some((part) => this.hashes(part, seen));
    if ('not' in cond) return this.hashes(cond.not, seen);
    if ('some' in cond) return this.hashes(cond.where, seen);
    if ('bucket' in cond) return true;
    if (!('segment' in cond) || seen.has(cond.segment)) return false;
    const segment = this.definitions.segments?.[cond.segment];
    return segment !== undefined && this.hashes(segment, seen.add(cond.segment));
  }
}

function asSubject(element: unknown): unknown {
  return typeof element === 'object' && element !== null && !Array.isArray(element) ? element : { '': element };
}

/** Evaluates a flag. */
export function slowEvaluate(
  definitions: Definitions,
  key: string,
  context: Context,
  options: EvaluationOptions = {},
): SlowResult {
  const evaluation = new Evaluation(definitions, context, options);
  try {
    const decided = evaluation.evaluate(key);
    return { ...decided, exposures: evaluation.exposures, stickyAfter: evaluation.stickyAfter };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const nothing = { value: null, variant: null, on: false, reason: 'ERROR', exposures: [] };
    return { ...nothing, error: failure.message, stickyAfter: { ...options.sticky } };
  }
}

/** Asks a condition. */
export function slowMatches(definitions: Definitions, cond: Cond, context: Context, now?: number): boolean {
  try {
    return new Evaluation(definitions, context, now === undefined ? {} : { now }).holds(cond, context);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return false;
  }
}
