/** SQLSTATE of an error that came from PostgreSQL. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
const MOST_CAUSES = 3;

type Fields = Record<string, unknown>;

/**
 * An error as a log line has it: class, code, text, stack, causes. What PostgreSQL and the entity manager say of a failed statement
 * holds its values (an address, a user's id), so of those only the code and the names of table and constraint are kept.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!isError(error)) return error;
  const sql = sqlFields(error);
  const fields: Fields = {
    type: error.name,
    ...(sql ?? { message: error.message, ...('code' in error ? { code: error.code } : {}) }),
    stack: sql === undefined ? error.stack : framesOf(error),
  };
  if (error.cause !== undefined && depth < MOST_CAUSES && isError(error.cause))
    fields['cause'] = errorFields(error.cause, depth + 1);
  return fields;
}

function sqlFields(error: Error): Fields | undefined {
  if (!('code' in error) || typeof error.code !== 'string' || !SQLSTATE.test(error.code)) return undefined;
  const named = ['schema', 'table', 'column', 'constraint', 'routine'].flatMap((name) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return { message: `the database answered ${error.code}`, code: error.code, ...(Object.fromEntries(named) as Fields) };
}

/** The stack without the text of the error at its head. */
const framesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');

/** Errors of Node's core may come from another realm. */
const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
