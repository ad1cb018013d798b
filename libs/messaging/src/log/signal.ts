/** A bell for one listener: rings are remembered until somebody waits. */
export class Signal {
  private rung = false;
  private resolve: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.resolve?.();
  }

  /** Resolves at the next ring (at once, if it rang since the last wait), or after `timeoutMs`; says whether it rang. */
  async wait(timeoutMs?: number): Promise<boolean> {
    if (!this.rung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
        if (timeoutMs !== undefined) timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
      this.resolve = undefined;
    }
    const rung = this.rung;
    this.rung = false;
    return rung;
  }
}
