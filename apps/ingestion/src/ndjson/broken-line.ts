/** So much of a line that cannot be read is kept with its refusal, in characters. */
export const KEPT = 65_536;

/** A line of an NDJSON body that is no event because it cannot be read. */
export class BrokenLine {
  /** The beginning of the line, as it is kept. */
  readonly text: string;

  constructor(
    line: string,
    /** What is wrong, to follow the name of the line: `is not JSON: …`. */
    readonly reason: string,
    /** The code of its refusal. */
    readonly code = 'invalid_json',
  ) {
    this.text = line.slice(0, KEPT);
  }
}
