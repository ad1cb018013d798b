import type { Predicate } from '../run.js';

/** Conditions whose answer is known when they are compiled. */
export const always: Predicate = () => true;
export const notEver: Predicate = () => false;
