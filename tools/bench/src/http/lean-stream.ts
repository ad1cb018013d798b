import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Opens a stream of server-sent events on a connection of its own, and reads no more of it than it is given.
 *
 * @param onText hears each piece that arrives after the first, which is the head of the answer
 * @returns how to close it
 * @throws Error when the answer is no success
 */
export async function openStream(
  url: string,
  headers: Readonly<Record<string, string>>,
  onText: (text: string) => void = () => undefined,
): Promise<() => void> {
  const { host, hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  const lines = Object.entries({ host, accept: 'text/event-stream', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [string];
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`${pathname} answered ${head.slice(9, 12)}`);
  socket.on('data', onText).on('error', () => undefined);
  return () => socket.destroy();
}
