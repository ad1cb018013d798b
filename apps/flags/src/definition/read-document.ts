import { AppError, fieldErrors, FlagDocument, type FlagPatch, type FlagRule, mergePatch } from '@assay/contracts';
import { isDeepStrictEqual } from 'node:util';
import { checkFlag } from '../check/check-flag.js';
import { namedRules } from '../compile/compile-flag-document.js';

export type SoundDocument = FlagDocument & { readonly targetingRules: FlagRule[] };

/** A document that is sound, with its rules named. @throws AppError `validation_failed` with every complaint */
export function soundDocument(document: FlagDocument): SoundDocument {
  const errors = checkFlag(document);
  if (errors.length > 0) throw AppError.validation(errors);
  return { ...document, targetingRules: namedRules(document.targetingRules) };
}

/** A document with a merge patch in it, and whether what it compiles to is still the hand-written definition. */
export interface Patched {
  readonly document: SoundDocument;
  readonly expertDefinition: boolean;
}

/**
 * What a merge patch makes of a document. While a hand-written definition stays in force, the simple fields need not fit it:
 * it can always be switched off.
 *
 * @throws AppError for a result that is not sound
 */
export function patched(before: FlagDocument, expertDefinition: boolean, patch: FlagPatch): Patched {
  const parsed = FlagDocument.safeParse(mergePatch(before, patch));
  if (!parsed.success) throw AppError.validation(fieldErrors(parsed.error));
  const document = { ...parsed.data, targetingRules: namedRules(parsed.data.targetingRules) };
  if (expertDefinition && !changesDefinition(before, document)) return { document, expertDefinition };
  return { document: soundDocument(document), expertDefinition: false };
}

/** The fields that the document of the rule model is compiled from; `status` only switches it on and off. */
const COMPILED = ['type', 'rolloutPercentage', 'targetingRules', 'variants', 'defaultVariant', 'offVariant'] as const;

function changesDefinition(before: FlagDocument, after: FlagDocument): boolean {
  return COMPILED.some((field) => !isDeepStrictEqual(before[field], after[field]));
}
