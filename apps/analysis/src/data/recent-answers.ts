/**
 * What was computed last for a name, as long as it is still true: a token says what it was computed from. Concurrent callers
 * share one computation; a failed one is forgotten. The names used least recently make room.
 */
export class RecentAnswers<T> {
  private readonly held = new Map<string, { readonly token: string; readonly answer: Promise<T> }>();

  constructor(private readonly limit: number) {}

  get(name: string, token: string): Promise<T> | undefined {
    const found = this.held.get(name);
    if (found?.token !== token) return undefined;
    this.held.delete(name);
    this.held.set(name, found);
    return found.answer;
  }

  put(name: string, token: string, compute: () => Promise<T>): Promise<T> {
    const answer = this.get(name, token) ?? compute();
    const entry = { token, answer };
    this.held.delete(name);
    this.held.set(name, entry);
    for (const oldest of this.held.keys()) {
      if (this.held.size <= this.limit) break;
      this.held.delete(oldest);
    }
    answer.catch(() => {
      if (this.held.get(name) === entry) this.held.delete(name);
    });
    return answer;
  }
}
