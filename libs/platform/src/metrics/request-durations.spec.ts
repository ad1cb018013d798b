import { RequestDurations } from './request-durations.js';

const told = (durations: RequestDurations, part: string): string[] =>
  durations
    .exposition()
    .split('\n')
    .filter((line) => line.includes(part));

describe('RequestDurations', () => {
  it('counts into the bucket whose bound a duration does not exceed, and into all above', () => {
    const durations = new RequestDurations();
    for (const seconds of [0.001, 0.0011, 0.3, 11]) durations.record('GET', '/a', 200, seconds);
    const bucket = (le: string): string | undefined => told(durations, `le="${le}"`)[0]?.split(' ').at(-1);
    expect(['0.001', '0.0025', '0.25', '0.5', '10', '+Inf'].map(bucket)).toEqual(['1', '2', '2', '3', '3', '4']);
    expect(told(durations, '_count')).toEqual([
      'http_server_request_duration_seconds_count{method="GET",route="/a",status="200"} 4',
    ]);
    expect(Number(told(durations, '_sum')[0]?.split(' ').at(-1))).toBeCloseTo(11.3021, 10);
  });

  it('keeps methods, routes and statuses apart, whatever is in their names', () => {
    const durations = new RequestDurations();
    durations.record('GET', '/a', 200, 0);
    durations.record('POST', '/a', 200, 0);
    durations.record('GET', '/b"\\\n', 200, 0);
    durations.record('GET', '/a', 404, 0);
    durations.record('GET', '/a', 404, 0);
    expect(told(durations, '_count').map((line) => line.slice(line.indexOf('{')))).toEqual([
      '{method="GET",route="/a",status="200"} 1',
      '{method="GET",route="/a",status="404"} 2',
      '{method="GET",route="/b\\"\\\\\\n",status="200"} 1',
      '{method="POST",route="/a",status="200"} 1',
    ]);
  });

  it('begins with its help and type, and has nothing before the first request', () => {
    expect(new RequestDurations().exposition()).toBe(
      '# HELP http_server_request_duration_seconds Duration of HTTP requests\n' +
        '# TYPE http_server_request_duration_seconds histogram\n',
    );
  });
});
