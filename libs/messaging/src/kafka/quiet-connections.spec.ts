import { jest } from '@jest/globals';
import { quietConnections, requestQueueOf } from './quiet-connections.js';

interface Queue {
  push(request: { entry: object; expectResponse: boolean; sendRequest: () => void }): void;
  fulfillRequest(response: { correlationId: number; payload: null; size: number }): void;
  maybeThrottle(milliseconds: number): void;
}

const silent = { debug: () => undefined, warn: () => undefined };
const sent: number[] = [];

function aQueue(): Queue {
  const Made = requestQueueOf() as unknown as new (options: object) => Queue;
  return new Made({ maxInFlightRequests: null, requestTimeout: 1_000, clientId: 'c', broker: 'b', logger: silent });
}

function push(queue: Queue, correlationId: number): void {
  const entry = { correlationId, resolve: () => undefined, reject: () => undefined };
  queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) });
}

beforeAll(() => {
  quietConnections();
  quietConnections();
});
beforeEach(() => {
  sent.length = 0;
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

it('a connection without requests sets no timer', () => {
  const queue = aQueue();
  push(queue, 1);
  queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
  expect(sent).toEqual([1]);
  expect(jest.getTimerCount()).toBe(0);
});

it('what the broker has slowed down is sent when it may be, and then nothing is left to look for', () => {
  const queue = aQueue();
  queue.maybeThrottle(500);
  push(queue, 1);
  push(queue, 2);
  jest.advanceTimersByTime(499);
  expect(sent).toEqual([]);
  jest.advanceTimersByTime(20);
  expect(sent).toEqual([1, 2]);
  for (const correlationId of sent) queue.fulfillRequest({ correlationId, payload: null, size: 0 });
  expect(jest.getTimerCount()).toBe(0);
});
