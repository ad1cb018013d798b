/** Lets at most `width` in at a time, the others in order of arrival. */
export class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(width: number) {
    this.free = width;
  }

  async enter(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}

/** One place inside a gate: given back while its holder only waits, and never twice. */
export class Place {
  private isHeld = false;

  constructor(private readonly gate: Gate) {}

  async take(): Promise<void> {
    if (this.isHeld) return;
    await this.gate.enter();
    this.isHeld = true;
  }

  giveBack(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.gate.leave();
  }
}
