import { compilePredicate } from '../condition/compile-condition.js';
import { isObject, textOf, type JsonObject } from '../condition/json.js';
import { compileRef } from '../condition/ref.js';
import type { Hashing, Leaf } from '../definition.js';
import type { CompiledDefinitions } from '../flag/compile-definitions.js';
import { bucketOf } from '../hash/profiles.js';
import type { Run, Subject } from '../run.js';
import { rangesOf } from '../split/ranges.js';
import { compileHashing } from '../split/unit.js';
import type { ConditionTrace, PositionTrace } from './trace.js';

/** Where an explanation looks: the subject, the evaluation, and the definitions as they were written. */
export interface Scene {
  readonly definitions: CompiledDefinitions;
  readonly subject: Subject;
  readonly run: Run;
}

/** The unit of a bucket predicate or a split, and where the hash puts it. */
export function explainPosition(hashing: Hashing, { subject, run }: Scene): PositionTrace {
  const { unit: findUnit, position, profile, zeroIfMissing } = compileHashing(hashing);
  const unit = findUnit(subject, run);
  const salt = textOf(hashing.salt);
  const whole = { profile: profile?.name ?? 'unknown', salt };
  if (unit === undefined) {
    const at = zeroIfMissing ? 0 : null;
    return { ...whole, unit: null, unitRef: null, input: null, fraction: at, bucket: at };
  }
  const fraction = position(unit.text, unit.raw);
  return {
    ...whole,
    unit: unit.text,
    unitRef: unit.ref,
    input: profile?.input(salt, unit.text) ?? null,
    fraction: Number.isNaN(fraction) ? null : fraction,
    bucket: Number.isNaN(fraction) ? null : bucketOf(fraction),
  };
}

/** Conditions in order up to the first whose answer is `decisive`. */
export function explainParts(
  parts: readonly unknown[],
  scene: Scene,
  path: string,
  decisive: boolean,
): readonly ConditionTrace[] {
  let decided = false;
  return parts.map((part, index) => {
    const partPath = `${path}[${index}]`;
    if (decided) return { kind: 'unasked', path: partPath, matched: null };
    const trace = explainCondition(part, scene, partPath);
    decided = trace.matched === decisive;
    return trace;
  });
}

function explainSegment(segment: string, scene: Scene, path: string): ConditionTrace {
  const { definitions, run } = scene;
  const definition = definitions.segmentDefinition(segment);
  const segments = (run.segments ??= []);
  if (definition === undefined || run.error !== undefined || !run.mayEnter(segments, segment)) {
    return { kind: 'segment', path, matched: false, segment, parts: [] };
  }
  segments.push(segment);
  const part = explainCondition(definition, scene, `segments.${segment}`);
  segments.pop();
  return { kind: 'segment', path, matched: part.matched === true, segment, parts: [part] };
}

/** What is not taken apart further: the answer is that of the compiled condition. */
function explainWhole(cond: JsonObject, scene: Scene, path: string): ConditionTrace {
  const { subject, run } = scene;
  const matched = compilePredicate(cond)(subject, run);
  if (isObject(cond.bucket)) {
    const position = explainPosition(cond.bucket as unknown as Hashing, scene);
    return { kind: 'bucket', path, matched, position, ranges: rangesOf(cond.bucket.in) };
  }
  if (typeof cond.some === 'string') {
    return { kind: 'some', path, matched, attr: cond.some, seen: compileRef(cond.some)(subject, run) };
  }
  if (typeof cond.attr !== 'string') return { kind: 'malformed', path, matched };
  const leaf = cond as unknown as Leaf;
  const looked: Subject = leaf.flag === undefined ? subject : { ...run.environment.read(leaf.flag, run) };
  return { kind: 'leaf', path, matched, leaf, seen: compileRef(leaf.attr)(looked, run) };
}

/** Asks a condition like the engine does, part by part, and keeps what each part answered. */
export function explainCondition(cond: unknown, scene: Scene, path: string): ConditionTrace {
  if (typeof cond === 'boolean') return { kind: 'constant', path, matched: cond };
  if (!isObject(cond)) return { kind: 'malformed', path, matched: false };
  if (Array.isArray(cond.all)) {
    const parts = explainParts(cond.all, scene, `${path}.all`, false);
    return { kind: 'all', path, matched: parts.every((part) => part.matched !== false), parts };
  }
  if (Array.isArray(cond.any)) {
    const parts = explainParts(cond.any, scene, `${path}.any`, true);
    return { kind: 'any', path, matched: parts.some((part) => part.matched === true), parts };
  }
  if ('not' in cond) {
    const part = explainCondition(cond.not, scene, `${path}.not`);
    return { kind: 'not', path, matched: part.matched !== true, parts: [part] };
  }
  if (typeof cond.segment === 'string') return explainSegment(cond.segment, scene, path);
  return explainWhole(cond, scene, path);
}
