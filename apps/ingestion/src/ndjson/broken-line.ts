/** So much of a line that is no JSON is kept with its refusal, in characters. */
const KEPT = 65_536;

/** A line of an NDJSON body that is no event because it cannot be read. */
export class BrokenLine {
  /** The beginning of the line, as it is kept. */
  readonly text: string;

  constructor(
    line: string,
    /** What is wrong, to follow the name of the line: `is not JSON: …`. */
    readonly reason: string,
  ) {
    this.text = line.slice(0, KEPT);
  }
}
