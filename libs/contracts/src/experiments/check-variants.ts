import type { FieldError } from '../errors/app-error.js';
import type { ExperimentDocument, VariantInput } from './experiment.js';

/** Allocations are kept in thousandths of a percent, so that sums are exact; thirds may miss 100 by 0.01. */
const WHOLE = 100_000;
const TOLERANCE = 10;

/** The complaints about the variants as a set: number, keys, control, allocations. */
export function checkVariants({ variants }: Pick<ExperimentDocument, 'variants'>): FieldError[] {
  const errors: FieldError[] = [];
  if (variants.length < 2)
    errors.push({ path: 'variants', message: 'must be at least two: a control and what it is compared with' });
  errors.push(...repeated(variants.map(({ key }) => key)).map((index) => repeatedKey(variants, index)));
  errors.push(...checkControl(variants), ...checkAllocations(variants));
  return errors;
}

function repeatedKey(variants: readonly VariantInput[], index: number): FieldError {
  return { path: `variants[${index}].key`, message: `'${variants[index]?.key}' is already the key of another variant` };
}

function checkControl(variants: readonly VariantInput[]): FieldError[] {
  const controls = variants.flatMap(({ isControl }, index) => (isControl ? [index] : []));
  if (controls.length === 0) {
    return [
      {
        path: 'variants',
        message: 'must have one control: set isControl of the variant that the others are compared with',
      },
    ];
  }
  return controls.slice(1).map((index) => ({
    path: `variants[${index}].isControl`,
    message: `there is one control, and it is '${variants[controls[0] ?? 0]?.key}' already`,
  }));
}

function checkAllocations(variants: readonly VariantInput[]): FieldError[] {
  const thousandths = variants.reduce((sum, { trafficAllocation }) => sum + Math.round(trafficAllocation * 1_000), 0);
  if (Math.abs(thousandths - WHOLE) <= TOLERANCE) return [];
  return [{ path: 'variants', message: `the traffic allocations must sum to 100, but sum to ${thousandths / 1_000}` }];
}

/** Indexes of the elements that occurred before. */
export function repeated(values: readonly string[]): number[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [index];
    seen.add(value);
    return [];
  });
}
