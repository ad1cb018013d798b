import { stdin, stderr } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CliError } from '../terminal/cli-error.js';

/** Asks the person at the terminal. `isSecret`: what is typed is not shown. */
export async function ask(question: string, isSecret = false): Promise<string> {
  if (!stdin.isTTY)
    throw new CliError('There is no terminal to ask at: give --username and pass the password with --password-stdin.');
  let isMuted = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isMuted) stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: stdin, output, terminal: true });
  try {
    const answer = lines.question(question);
    isMuted = isSecret;
    return await answer;
  } finally {
    lines.close();
    if (isSecret) stderr.write('\n');
  }
}

/** The first line of the standard input. */
export async function passwordFromInput(): Promise<string> {
  return (await text(stdin)).split(/\r?\n/, 1)[0] ?? '';
}
