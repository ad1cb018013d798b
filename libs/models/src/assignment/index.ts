import { Assignment } from './assignment.entity.js';

export { Assignment };

/** The tables that only the assignment service writes. */
export const assignmentEntities = [Assignment];
