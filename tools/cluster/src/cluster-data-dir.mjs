import { join, resolve } from 'node:path';

/** The data of a cluster lie beside those of the standalone mode, whose log is in the database. */
export function clusterDataDir(environment = process.env) {
  return resolve(environment.ASSAY_DATA_DIR || join('.assay', 'cluster'));
}
