import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const VECTORS = process.env.ASSAY_VECTORS ?? fileURLToPath(new URL('../../../../../shared/vectors', import.meta.url));
const DOCUMENT = `${VECTORS}/ofrep/openapi.yaml`;

/**
 * Checks an answer against the published OFREP document; gives what is wrong, '' when nothing is. Undefined where the document
 * is not at hand.
 */
export function ofrepSchema(): ((name: string, answer: unknown) => string) | undefined {
  if (!existsSync(DOCUMENT)) {
    console.warn(`No OFREP document at ${DOCUMENT}: set ASSAY_VECTORS`);
    return undefined;
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(anyOf(parse(readFileSync(DOCUMENT, 'utf8'))) as object, 'ofrep');
  return (name, answer) => {
    const validate = ajv.getSchema(`ofrep#/components/schemas/${name}`);
    if (validate === undefined) throw new Error(`the OFREP document has no schema ${name}`);
    return validate(answer) === true ? '' : ajv.errorsText(validate.errors);
  };
}

/** As published, `oneOf` refuses every value that is two things at once, such as an integer that is a number. */
function anyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name === 'oneOf' ? 'anyOf' : name, anyOf(inner)]),
  );
}
