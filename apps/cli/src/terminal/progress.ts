import cliProgress from 'cli-progress';
import type { Terminal } from './terminal.js';

/** How far something long has come: a bar where somebody watches, else a line now and then. */
export interface Progress {
  update(done: number): void;
  end(): void;
}

const LINE_EVERY = 5_000;

/** `unit` is what is counted, in the plural: `rows`. */
export function showProgress(terminal: Terminal, title: string, total: number, unit: string): Progress {
  return terminal.isWatched ? bar(title, total, unit) : lines(terminal, title, total, unit);
}

function bar(title: string, total: number, unit: string): Progress {
  const format = `${title} [{bar}] {percentage} % | {value}/{total} ${unit} | {rate} ${unit}/s | {left} left`;
  const drawn = new cliProgress.SingleBar({ format, hideCursor: true, barsize: 24, fps: 8, clearOnComplete: false });
  const began = performance.now();
  const words = (done: number) => paceOf(done, total, (performance.now() - began) / 1_000);
  drawn.start(total, 0, words(0));
  return { update: (done) => drawn.update(done, words(done)), end: () => drawn.stop() };
}

function lines(terminal: Terminal, title: string, total: number, unit: string): Progress {
  const began = performance.now();
  let last = began;
  return {
    update(done) {
      const now = performance.now();
      if (now - last < LINE_EVERY) return;
      last = now;
      const { rate, left } = paceOf(done, total, (now - began) / 1_000);
      terminal.err(
        `${title}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${unit}, ${rate} ${unit}/s, ${left} left`,
      );
    },
    end: () => undefined,
  };
}

/** Rate so far and the time the rest will take at that rate. */
export function paceOf(done: number, total: number, seconds: number): { rate: string; left: string } {
  if (done <= 0 || seconds <= 0) return { rate: '…', left: '…' };
  const rate = done / seconds;
  return { rate: Math.round(rate).toLocaleString('en'), left: duration(Math.max(0, total - done) / rate) };
}

/** 59 s, 3 min 5 s, 2 h 10 min. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
