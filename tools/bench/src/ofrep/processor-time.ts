import { readFileSync } from 'node:fs';

/** Ticks of `/proc/<pid>/stat` in a second; the same on every Linux that Node runs on. */
const TICKS = 100;

/** Seconds of processor time that a process has used so far (Linux). */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program stands in brackets and may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
