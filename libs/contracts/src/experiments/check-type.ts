import { z } from 'zod';
import type { FieldError } from '../errors/app-error.js';
import type { ExperimentDocument } from './experiment.js';

/** The complaints that come from the type of the experiment: what MULTIVARIATE, SPLIT_URL and BANDIT need and others lack. */
export function checkType(experiment: ExperimentDocument): FieldError[] {
  return [...checkFactors(experiment), ...checkUrls(experiment), ...checkBandit(experiment)];
}

/** A full factorial design: each combination of levels is one variant, named by its configuration. */
function checkFactors({ experimentType, factors, variants }: ExperimentDocument): FieldError[] {
  if (experimentType !== 'MULTIVARIATE') {
    return factors === null ? [] : [{ path: 'factors', message: 'is only for experiments of type MULTIVARIATE' }];
  }
  if (factors === null || Object.keys(factors).length === 0) {
    return [{ path: 'factors', message: 'must name the factors and their levels, such as {"headline": ["a", "b"]}' }];
  }
  const errors = levelErrors(factors);
  const taken = new Map<string, string>();
  variants.forEach(({ key, configuration }, index) => {
    const path = `variants[${index}].configuration`;
    const cell = Object.keys(factors).map((name) => configuration[name]);
    const wrong = Object.entries(factors).filter(([, levels], at) => !levels.some((level) => level === cell[at]));
    for (const [name, levels] of wrong) {
      errors.push({ path: `${path}.${name}`, message: `must be a level of the factor: ${levels.join(', ')}` });
    }
    if (wrong.length > 0) return;
    const other = taken.get(JSON.stringify(cell));
    if (other !== undefined) errors.push({ path, message: `is the cell of variant '${other}' already` });
    taken.set(JSON.stringify(cell), key);
  });
  const cells = Object.values(factors).reduce((product, levels) => product * levels.length, 1);
  if (errors.length === 0 && taken.size < cells) {
    errors.push({
      path: 'variants',
      message: `must be the ${cells} combinations of the factors' levels, but are ${taken.size} of them`,
    });
  }
  return errors;
}

function levelErrors(factors: NonNullable<ExperimentDocument['factors']>): FieldError[] {
  return Object.entries(factors)
    .filter(([, levels]) => new Set(levels).size < levels.length)
    .map(([name]) => ({ path: `factors.${name}`, message: 'must not name a level twice' }));
}

function checkUrls({ experimentType, variants }: ExperimentDocument): FieldError[] {
  if (experimentType !== 'SPLIT_URL') return [];
  return variants.flatMap(({ configuration }, index) =>
    isWebAddress(configuration['url'])
      ? []
      : [{ path: `variants[${index}].configuration.url`, message: 'must be the http or https address to redirect to' }],
  );
}

const WebAddress = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .regex(/^https?:\/\/[^\s/]/i);

const isWebAddress = (url: unknown): boolean => WebAddress.safeParse(url).success;

function checkBandit({ experimentType, bandit, metrics, variants }: ExperimentDocument): FieldError[] {
  if (experimentType !== 'BANDIT') {
    return bandit === null ? [] : [{ path: 'bandit', message: 'is only for experiments of type BANDIT' }];
  }
  if (bandit === null)
    return [{ path: 'bandit', message: 'must say the algorithm and the metric that a BANDIT follows' }];
  const errors: FieldError[] = [];
  if (!metrics.some(({ name }) => name === bandit.metric)) {
    errors.push({
      path: 'bandit.metric',
      message: `'${bandit.metric}' is not the name of a metric of this experiment`,
    });
  }
  if (bandit.floor * variants.length > 1) {
    errors.push({
      path: 'bandit.floor',
      message: `of ${variants.length} variants cannot be more than ${1 / variants.length}`,
    });
  }
  return errors;
}
