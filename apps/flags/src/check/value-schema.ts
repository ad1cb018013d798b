import type { FieldError } from '@assay/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Schema = Readonly<Record<string, unknown>>;

/** A check of values against a schema: what is wrong, undefined when nothing is. */
export type ValueCheck = (value: unknown) => string | undefined;

/** Compiled once per schema object; a flag's schema is one object as long as its row is worked on. */
const compiled = new WeakMap<Schema, ValueCheck | FieldError>();

/**
 * The check that a JSON Schema stands for, or what is wrong with the schema itself. References lead only within the schema.
 */
export function valueCheck(schema: Schema): ValueCheck | FieldError {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = compile(schema);
  compiled.set(schema, made);
  return made;
}

function compile(schema: Schema): ValueCheck | FieldError {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  try {
    const validate = ajv.compile(schema);
    return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'value' }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { path: 'valueSchema', message: `is not a JSON Schema: ${why}` };
  }
}

/** What keeps values, each with the path it stands at, from being those of a flag with this schema. */
export function checkValues(
  schema: Schema | null,
  values: readonly { readonly path: string; readonly value: unknown }[],
): FieldError[] {
  if (schema === null) return [];
  const check = valueCheck(schema);
  if (typeof check !== 'function') return [check];
  return values.flatMap(({ path, value }) => {
    const problem = check(value);
    return problem === undefined ? [] : [{ path, message: `does not meet valueSchema: ${problem}` }];
  });
}
