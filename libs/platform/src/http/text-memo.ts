/** Characters of a text that is kept. */
const LONGEST = 500;

/**
 * What is made of texts that come again and again: a program shows the same key with each call, and hashing it is a good part of
 * what an evaluation takes. Texts are kept in memory only, so many at the most, and all are forgotten when there are more.
 */
export class TextMemo<T> {
  private readonly made = new Map<string, T>();

  /**
   * @param make the same for the same text, always
   * @param most texts kept
   */
  constructor(
    private readonly make: (text: string) => T,
    private readonly most = 1_000,
  ) {}

  /** What is made of the text. */
  of(text: string): T {
    const known = this.made.get(text);
    if (known !== undefined) return known;
    const value = this.make(text);
    if (text.length > LONGEST) return value;
    if (this.made.size >= this.most) this.made.clear();
    this.made.set(text, value);
    return value;
  }
}
