import { parseHolder } from './instance-lock.js';
import { parsePostmasterPid } from './postmaster.js';
import { parseProcStat } from './process-identity.js';
import { lastComplaint } from './server-process.js';
import { serverArguments } from './server-settings.js';

describe('postmaster.pid', () => {
  const lines = ['4711', '/data/postgres', '1795355388', '40123', '', '127.0.0.1', '  1234 5', 'ready   '];

  it('tells pid, port and whether connections are accepted', () => {
    expect(parsePostmasterPid(lines.join('\n'))).toEqual({ pid: 4711, port: 40123, isReady: true });
    expect(parsePostmasterPid([...lines.slice(0, 7), 'starting'].join('\n'))?.isReady).toBe(false);
  });

  it('is nothing while the file is half written or not ours', () => {
    expect(parsePostmasterPid('')).toBeUndefined();
    expect(parsePostmasterPid('not a number\n')).toBeUndefined();
    expect(parsePostmasterPid('4711\n/data/postgres\n')).toEqual({ pid: 4711, port: undefined, isReady: false });
  });

  it('never names process 0, 1 or a group, which a signal would hit', () => {
    for (const pid of ['0', '1', '-5']) expect(parsePostmasterPid(`${pid}\n/data\n`)).toBeUndefined();
  });
});

describe('/proc/<pid>/stat', () => {
  const rest = 'S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 233545 0 0';

  it('gives state and start, whatever the command is called', () => {
    expect(parseProcStat(`42 (node) ${rest}`)).toEqual({ state: 'S', startTicks: '233545' });
    expect(parseProcStat(`42 (a) b ) c) ${rest}`)).toEqual({ state: 'S', startTicks: '233545' });
  });
});

describe('the lock file', () => {
  it('names a holder only when it was written in full by Assay', () => {
    expect(parseHolder('{"pid":7,"startedAt":"boot:99"}')).toEqual({ pid: 7, startedAt: 'boot:99' });
    for (const text of ['', '{"pid":7', '{"pid":"7","startedAt":"x"}', 'null', '[]'])
      expect(parseHolder(text)).toBeUndefined();
  });
});

describe('what the server complains of', () => {
  it('is the cause, without time stamps', () => {
    const log = [
      '2026-11-22 13:49:48 UTC [9] LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
      '2026-11-22 13:49:48 UTC [9] WARNING:  could not create listen socket for "127.0.0.1"',
      '2026-11-22 13:49:48 UTC [9] FATAL:  could not create any TCP/IP sockets',
    ].join('\n');
    expect(lastComplaint(log)).toBe('could not bind IPv4 address "127.0.0.1": Address already in use');
  });

  it('is the last fatal line when no cause is known, and the last line when none is fatal', () => {
    expect(lastComplaint('x [1] FATAL:  first\nx [1] FATAL:  second\nx [1] HINT:  do something\n')).toBe('second');
    expect(lastComplaint('error while loading shared libraries\n')).toBe('error while loading shared libraries');
    expect(lastComplaint('')).toBeUndefined();
  });
});

it('runs on loopback only, keeps what it acknowledges, and takes the port it is given', () => {
  const args = serverArguments('/data', 40123).join(' ');
  for (const part of [
    '-D /data',
    'port=40123',
    'listen_addresses=127.0.0.1',
    'fsync=on',
    'synchronous_commit=on',
    'full_page_writes=on',
  ]) {
    expect(args).toContain(part);
  }
});
