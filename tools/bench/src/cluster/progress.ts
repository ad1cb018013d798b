const SILENCE_MS = 10_000;
let lastAt = 0;

/** Tells what is being done now: the parts take minutes. */
export function progress(what: string): void {
  lastAt = Date.now();
  console.log(`    ${new Date().toISOString().slice(11, 19)}  ${what}`);
}

/** The same of something that goes on for long, when nothing was told for a while. */
export function stillAt(what: () => string): void {
  if (Date.now() - lastAt > SILENCE_MS) progress(what());
}
