import { AppError } from '@assay/contracts';

/**
 * The result, or an error once `ms` have passed; what was begun goes on, unheard.
 *
 * @throws AppError `unavailable`: who asked may ask again.
 */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(AppError.unavailable(`${what} took longer than ${ms / 1_000} s.`)), ms);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
