import { AppError, fieldErrors, FlagDocument, type FlagPatch, type FlagRule } from '@assay/contracts';
import { isDeepStrictEqual } from 'node:util';
import { checkFlag } from '../check/check-flag.js';
import { namedRules } from '../compile/compile-flag-document.js';
import { mergePatch } from './merge-patch.js';

export type SoundDocument = FlagDocument & { readonly targetingRules: FlagRule[] };

/** A document that is sound, with its rules named. @throws AppError `validation_failed` with every complaint */
export function soundDocument(document: FlagDocument): SoundDocument {
  const errors = checkFlag(document);
  if (errors.length > 0) throw AppError.validation(errors);
  return { ...document, targetingRules: namedRules(document.targetingRules) };
}

/** What a merge patch makes of a document. @throws AppError for a result that is not sound */
export function patched(document: FlagDocument, patch: FlagPatch): SoundDocument {
  const parsed = FlagDocument.safeParse(mergePatch(document, patch));
  if (!parsed.success) throw AppError.validation(fieldErrors(parsed.error));
  return soundDocument(parsed.data);
}

/** The fields that the document of the rule model is compiled from; `status` only switches it on and off. */
const COMPILED = ['type', 'rolloutPercentage', 'targetingRules', 'variants', 'defaultVariant', 'offVariant'] as const;

/** Whether a change takes a hand-written definition back to the simple fields. */
export function changesDefinition(before: FlagDocument, after: FlagDocument): boolean {
  return COMPILED.some((field) => !isDeepStrictEqual(before[field], after[field]));
}
