import { availableParallelism } from 'node:os';
import { readFileSync } from 'node:fs';

/** Ticks of `/proc/stat` in a second; the same on every Linux that Node runs on. */
const TICKS = 100;
/** Of the machine's time, what its host may take in a round that counts. */
const STOLEN_AT_MOST = 0.01;

export interface QuietRounds<T> {
  readonly rounds: readonly T[];
  /** The largest share of the machine's time that its host took in one of them, 0 to 1. */
  readonly stolen: number;
}

/**
 * Runs until so many rounds had a quiet machine. A virtual machine that stands still for half a second adds that to whatever is
 * measured by the clock; what its host gave to others stands in `steal` of `/proc/stat` (Linux).
 *
 * @param wanted how many rounds count: where the host is never quiet, the quietest
 * @param atMost how many are run
 */
export async function quietRounds<T>(wanted: number, atMost: number, run: () => Promise<T>): Promise<QuietRounds<T>> {
  const all: { readonly round: T; readonly stolen: number }[] = [];
  while (all.length < atMost && all.filter(({ stolen }) => stolen <= STOLEN_AT_MOST).length < wanted) {
    const [before, start] = [stolenSeconds(), performance.now()];
    const round = await run();
    const available = ((performance.now() - start) / 1_000) * availableParallelism();
    all.push({ round, stolen: (stolenSeconds() - before) / available });
  }
  const quietest = all.sort((a, b) => a.stolen - b.stolen).slice(0, wanted);
  return {
    rounds: quietest.map(({ round }) => round),
    stolen: Math.max(...quietest.map(({ stolen }) => stolen)),
  };
}

/** Seconds that were taken from all processors together since the machine started. */
function stolenSeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  return Number(line.trim().split(/\s+/)[8]) / TICKS;
}
