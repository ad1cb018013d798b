import { ownValue } from '../condition/json.js';
import type { StickyDocument, StickyDocuments, StickyWrite } from '../result.js';
import type { Unit } from './unit.js';

const VERSION = /^\d+$/;

/** Key of the sticky document of a unit. */
export function stickyKey(ref: string, unit: string): string {
  return `${ref}||${unit}`;
}

function assignmentsOf(documents: StickyDocuments, unit: Unit): Readonly<Record<string, string>> {
  const key = stickyKey(unit.ref, unit.text);
  return Object.hasOwn(documents, key) ? (documents[key]?.assignments ?? {}) : {};
}

/** What is stored for all units of a subject; where two documents disagree, the first unit's counts. */
export function mergedAssignments(
  documents: StickyDocuments,
  units: readonly Unit[],
): Readonly<Record<string, string>> {
  return Object.assign({}, ...units.map((unit) => assignmentsOf(documents, unit)).reverse()) as Record<string, string>;
}

/** Some assignment of the experiment is of a version before `minVersion`. */
export function isBlocked(
  assignments: Readonly<Record<string, string>>,
  experiment: string,
  minVersion: number,
): boolean {
  const prefix = `${experiment}__`;
  return Object.keys(assignments).some((name) => {
    const version = name.slice(prefix.length);
    return name.startsWith(prefix) && VERSION.test(version) && Number(version) < minVersion;
  });
}

/** The arm to be stored under the first unit, so that a device's arm follows its user at login; none if it is there. */
export function stickyWrite(
  documents: StickyDocuments,
  unit: Unit,
  assignment: string,
  arm: string,
): StickyWrite | undefined {
  if (ownValue(assignmentsOf(documents, unit), assignment) === arm) return undefined;
  return {
    key: stickyKey(unit.ref, unit.text),
    attributeName: unit.ref,
    attributeValue: unit.text,
    assignment,
    arm,
  };
}

/** The documents after the writes of an evaluation. Documents that do not change are the same objects. */
export function applyStickyWrites(documents: StickyDocuments, writes: readonly StickyWrite[]): StickyDocuments {
  const changed: Record<string, StickyDocument> = { ...documents };
  for (const { key, attributeName, attributeValue, assignment, arm } of writes) {
    const document = Object.hasOwn(changed, key) ? changed[key] : undefined;
    changed[key] = {
      ...(document ?? { attributeName, attributeValue }),
      assignments: { ...document?.assignments, [assignment]: arm },
    };
  }
  return changed;
}
