import { createContext, Script } from 'node:vm';

/** Thrown by `withinTime` for work that was ended. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

const sandbox: { work: () => void } = createContext({ work: () => undefined }) as { work: () => void };
const script = new Script('work()');

/**
 * Does work that ends by itself or is ended: code that follows what somebody wrote must not keep the process from everybody else.
 *
 * @throws OutOfTime when it takes longer; whatever it has touched meanwhile is to be thrown away
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  let result: { readonly value: T } | undefined;
  sandbox.work = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(sandbox, { timeout: milliseconds });
  } catch (error) {
    if (isTimeout(error)) throw new OutOfTime(`took longer than ${milliseconds} ms`, { cause: error });
    throw error;
  } finally {
    sandbox.work = () => undefined;
  }
  if (result === undefined) throw new Error('the work was not done');
  return result.value;
}

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
