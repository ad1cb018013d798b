import { AssayServer } from './assay-process.js';

/** The server of a specification, and a key of either kind. */
export interface OwnServer {
  /** Another one after a restart. */
  server: AssayServer;
  serverKey: string;
  clientKey: string;
}

/** Starts a server on an empty folder before the first test of a file, and removes both after the last. */
export function ownServer(): OwnServer {
  const own = {} as OwnServer;
  beforeAll(async () => {
    own.server = await AssayServer.start();
    [own.serverKey, own.clientKey] = await Promise.all([own.server.apiKey('server'), own.server.apiKey('client')]);
  });
  afterAll(() => own.server.remove());
  return own;
}
