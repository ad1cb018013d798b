import { adapter } from './adapter/datasets.js';
import { describeVectors } from './compare.js';
import { findDataFile } from '../testing/load-vectors.js';

const FILES = ['cookie_cats.csv', 'ab_data.csv', 'ab_countries.csv'];
// The data sets are large and lie beside the vectors, not in the repository.
const missing = FILES.filter((name) => findDataFile(name) === null);

if (missing.length > 0) {
  process.stdout.write(
    `vectors datasets: ${missing.join(', ')} not found beside the vectors (set ASSAY_VECTORS), skipped\n`,
  );
  it.skip(`vectors datasets: ${missing.join(', ')} are not here`, () => undefined);
} else {
  describeVectors('datasets', adapter);
}
