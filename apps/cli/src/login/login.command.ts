import type { CreatedApiKey, Tokens } from '@assay/contracts';
import type { Command } from 'commander';
import { hostname, userInfo } from 'node:os';
import type { CommandContext } from '../command-context.js';
import { ApiClient } from '../connection/api-client.js';
import { loginFilePath, rememberLogin } from '../connection/credentials.js';
import { CliError } from '../terminal/cli-error.js';
import { ask, passwordFromInput } from './ask.js';

interface LoginOptions {
  readonly username?: string;
  readonly passwordStdin?: boolean;
}

/** `assay login`: trades name and password for a personal key, which is kept; the password is not. */
export function addLogin(program: Command, context: CommandContext): void {
  program
    .command('login')
    .summary('log in and remember a personal key for the server')
    .option('--username <name>', 'user name or e-mail address')
    .option('--password-stdin', 'read the password from the standard input')
    .action(async ({ username, passwordStdin }: LoginOptions, command: Command) => {
      const { url } = context.connection(command);
      const name = username ?? (await ask('User name: '));
      const password = passwordStdin === true ? await passwordFromInput() : await ask('Password: ', true);
      if (name === '' || password === '') throw new CliError('Name and password must not be empty.');
      const key = await makeKey(url, name, password);
      const path = loginFilePath(context.environment);
      rememberLogin(path, url, key);
      context.terminal.err(`Logged in to ${url} as ${name}; the key is in ${path}.`);
    });
}

async function makeKey(url: string, username: string, password: string): Promise<string> {
  const tokens = await new ApiClient({ url, token: undefined })
    .post<Tokens>('/api/v1/auth/login', { username, password })
    .catch((error: unknown) => {
      throw error instanceof CliError && 'status' in error && error.status === 401
        ? new CliError('The user name or the password is wrong.')
        : error;
    });
  const api = new ApiClient({ url, token: tokens.accessToken });
  const body = { name: `assay command of ${userInfo().username} on ${hostname()}`, kind: 'personal' };
  const { key } = await api.post<CreatedApiKey>('/api/v1/api-keys', body);
  await api.post('/api/v1/auth/logout', { refreshToken: tokens.refreshToken });
  return key;
}
