/** The one PostgreSQL schema that holds every table of the platform. */
export const SCHEMA = 'experimentation';
