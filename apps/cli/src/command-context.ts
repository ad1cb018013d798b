import type { Command } from 'commander';
import { ApiClient, type Connection } from './connection/api-client.js';
import { chooseConnection, type ConnectionOptions } from './connection/choose-connection.js';
import { localFilePath, loginFilePath, readLocalFile, readLoginFile } from './connection/credentials.js';
import type { Terminal } from './terminal/terminal.js';

/** What a command gets from the process it runs in. */
export class CommandContext {
  constructor(
    readonly terminal: Terminal,
    readonly environment: Readonly<Record<string, string | undefined>>,
    /** Folder that relative paths are meant from. */
    readonly folder: string,
    /** Folder that the data directory of a local server is relative to. */
    readonly home: string,
  ) {}

  /** The server and key that the options of a command, the environment and the files of this user lead to. */
  connection(command: Command): Connection {
    return chooseConnection(command.optsWithGlobals<ConnectionOptions>(), {
      environment: this.environment,
      local: readLocalFile(localFilePath(this.environment, this.home)),
      login: readLoginFile(loginFilePath(this.environment)),
    });
  }

  connect(command: Command): ApiClient {
    return new ApiClient(this.connection(command));
  }
}
