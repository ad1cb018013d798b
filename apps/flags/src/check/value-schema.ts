import type { FieldError } from '@assay/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { OutOfTime, withinTime } from './within-time.js';

type Schema = Readonly<Record<string, unknown>>;

/** A check of values against a schema: what is wrong, undefined when nothing is. It takes as long as the schema makes it. */
type ValueCheck = (value: unknown) => string | undefined;

/** Characters of a schema as JSON. */
const MAX_SIZE = 65_536;

/** Levels of a schema. */
const MAX_DEPTH = 64;

/**
 * For the values of one request together. References, unions and `uniqueItems` can multiply the work without end, and patterns add
 * to it: whoever writes a schema must not stop the platform with it.
 */
const MAX_MILLISECONDS = 1_000;

/** Compiled once per schema object; a flag's schema is one object as long as its row is worked on. */
const compiled = new WeakMap<Schema, ValueCheck | FieldError>();

function checkOf(schema: Schema): ValueCheck | FieldError {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = sizeProblem(schema) ?? compile(schema);
  compiled.set(schema, made);
  return made;
}

function sizeProblem(schema: Schema): FieldError | undefined {
  if (isDeeperThan(schema, MAX_DEPTH)) return wrong(`must not be nested deeper than ${MAX_DEPTH} levels`);
  if (JSON.stringify(schema).length > MAX_SIZE) return wrong(`must not have more than ${MAX_SIZE} characters`);
  return undefined;
}

const isDeeperThan = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)));

function compile(schema: Schema): ValueCheck | FieldError {
  const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false, code: { regExp: linearRegExp } });
  addFormats.default(ajv);
  ajv.addFormat('url', (text: string) => /^(?:https?|ftp):/i.test(text) && URL.canParse(text));
  try {
    const validate = ajv.compile(schema);
    // An asynchronous check answers with a promise, which is never false.
    if ('$async' in validate) return wrong('must not be asynchronous: leave out $async');
    return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'value' }));
  } catch (error) {
    if (error instanceof PatternError) return wrong(error.message);
    return wrong(`is not a JSON Schema: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class PatternError extends Error {}

/** Patterns in RE2 syntax, as in conditions: the expressions of JavaScript take exponential time for some patterns. */
const linearRegExp = Object.assign(
  (pattern: string): RE2JS => {
    try {
      return RE2JS.compile(RE2JS.translateRegExp(pattern));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PatternError(
        `has the pattern ${JSON.stringify(pattern.slice(0, 200))}, which is not one of RE2 (${why}); ` +
          'look-around and back-references are not supported',
      );
    }
  },
  { code: 'linearRegExp' },
);

const wrong = (message: string): FieldError => ({ path: 'valueSchema', message });

/**
 * What keeps values, each with the path it stands at, from being those of a flag with this schema; or what is wrong with the schema
 * itself. References lead only within the schema.
 */
export function checkValues(
  schema: Schema | null,
  values: readonly { readonly path: string; readonly value: unknown }[],
): FieldError[] {
  if (schema === null) return [];
  try {
    return withinTime(MAX_MILLISECONDS, () => problemsOf(schema, values));
  } catch (error) {
    if (error instanceof OutOfTime) {
      return [wrong(`takes longer than ${MAX_MILLISECONDS} ms to check the values: make it simpler`)];
    }
    if (error instanceof RangeError) return [wrong('refers to itself without end')];
    throw error;
  }
}

function problemsOf(schema: Schema, values: Parameters<typeof checkValues>[1]): FieldError[] {
  const check = checkOf(schema);
  if (typeof check !== 'function') return [check];
  return values.flatMap(({ path, value }) => {
    const problem = check(value);
    return problem === undefined ? [] : [{ path, message: `does not meet valueSchema: ${problem}` }];
  });
}
