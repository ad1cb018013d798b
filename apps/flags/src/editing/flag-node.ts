import type { FlagNode } from '@assay/definitions';
import type { Flag as Document } from '@assay/evaluation';
import { withoutOverrides } from '../compile/with-overrides.js';

/** A flag that is about to be written, for the check of what it refers to: as its author wrote it. */
export function flagNode(
  key: string,
  document: Document,
  environments: Readonly<Record<string, Record<string, unknown>>> = {},
): FlagNode {
  const own = Object.entries(environments).map(
    ([id, each]) => [id, withoutOverrides(each as unknown as Document)] as const,
  );
  return { kind: 'flag', key, document: withoutOverrides(document), environments: Object.fromEntries(own) };
}

/** The field in which the author finds a member of the document. */
export const fieldOf =
  (expertDefinition: boolean) =>
  (member: string): string =>
    expertDefinition ? member : member.replace(/^rules/, 'targetingRules');
