/** One thing that is wrong with a definition; `path` is `rules[2].when.all[0].value`, '' for the whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}
