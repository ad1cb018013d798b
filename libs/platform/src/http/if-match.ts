import { AppError } from '@assay/contracts';

/** The tags of an `If-Match`, without their quotes: the caller has seen one of these versions. */
export type IfMatch = readonly string[];

const TAG = /(?:W\/)?"([^"]*)"|[^\s,"]+/g;

/**
 * What `If-Match` asks for; undefined when any version will do (no header, or `*`). A tag that is not ours is a version that the
 * resource does not have. A weak tag counts like its strong one: proxies that compress weaken what they pass on.
 */
export function parseIfMatch(header: string | undefined): IfMatch | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  return [...header.matchAll(TAG)].map(([whole, quoted]) => quoted ?? whole);
}

/** @throws AppError `version_conflict` when `If-Match` names other versions than the one that the resource has. */
export function requireVersion(ifMatch: IfMatch | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.includes(String(version))) return;
  throw AppError.versionConflict(ifMatch.map((tag) => `"${tag}"`).join(', '), version);
}
