// What the processes of a cluster say, as lines for people: which process, in its colour, and what it says.
import { createInterface } from 'node:readline';

const COLOURS = [36, 32, 33, 35, 34, 96, 92, 93, 95];
const LEVELS = { warn: 33, error: 31, fatal: 31 };
const WIDTH = 11;
/** Of no use to somebody who reads along. */
const HIDDEN = new Set(['level', 'time', 'service', 'context', 'message', 'traceId', 'spanId', 'pid', 'hostname']);

/** Writes the lines of named sources, each with its name in front; with colours where they are wanted. */
export class LogLines {
  #seen = [];

  /**
   * @param {(line: string) => void} write
   * @param {boolean} colours
   */
  constructor(write, colours) {
    this.write = write;
    this.colours = colours;
  }

  /**
   * @param {string} name
   * @param {import('node:stream').Readable} stream
   */
  follow(name, stream) {
    createInterface({ input: stream }).on('line', (line) => this.say(name, line));
  }

  /** One line of one source; a line of JSON is made readable. */
  say(name, line) {
    if (line.trim() !== '') this.write(`${this.#prefix(name)} ${this.#readable(line)}`);
  }

  #prefix(name) {
    let index = this.#seen.indexOf(name);
    if (index < 0) index = this.#seen.push(name) - 1;
    return this.#paint(COLOURS[index % COLOURS.length], `${name.padEnd(WIDTH)} |`);
  }

  #readable(line) {
    const entry = parsed(line);
    if (entry === undefined) return line;
    const { level, message, context } = entry;
    const fields = Object.entries(entry).filter(([key]) => !HIDDEN.has(key));
    const rest = fields.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    const mark = level in LEVELS ? `${this.#paint(LEVELS[level], level)} ` : '';
    return `${mark}${[context === undefined ? '' : `${context}:`, message, ...rest].filter(Boolean).join(' ')}`;
  }

  #paint(colour, text) {
    return this.colours ? `\u001B[${colour}m${text}\u001B[0m` : text;
  }
}

function parsed(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry.level === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}
