import type { Readable } from 'node:stream';

/** Writes the lines of named sources, each with its name in front. */
export class LogLines {
  constructor(write: (line: string) => void, colours: boolean);
  follow(name: string, stream: Readable): void;
  say(name: string, line: string): void;
}
