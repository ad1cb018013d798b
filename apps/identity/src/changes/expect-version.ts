import { AppError } from '@assay/contracts';

/** @throws AppError `version_conflict` when `If-Match` asked for another version than the resource has. */
export function expectVersion(ifMatch: number | undefined, version: number): void {
  if (ifMatch !== undefined && ifMatch !== version) throw AppError.versionConflict(String(ifMatch), version);
}
