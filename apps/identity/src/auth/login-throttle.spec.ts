import { AppError } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { LoginThrottle, waitAfter } from './login-throttle.js';

class SetClock extends Clock {
  seconds = 0;
  now(): Date {
    return new Date(this.seconds * 1000);
  }
}

function setUp() {
  const clock = new SetClock();
  const throttle = new LoginThrottle(clock);
  const wait = (name = 'ada', ip = '10.0.0.1'): number => {
    try {
      throttle.begin(name, ip);
      return 0;
    } catch (error) {
      return error instanceof AppError ? (error.retryAfter ?? -1) : -1;
    }
  };
  return { clock, throttle, wait };
}

const twenty = (wait: () => number): number[] => Array.from({ length: 20 }, () => wait());

describe('waitAfter', () => {
  it('is nothing for twenty failures, then doubles up to a quarter of an hour', () => {
    expect([0, 19, 20, 21, 22, 27, 28, 1_000].map(waitAfter)).toEqual([0, 0, 5, 10, 20, 640, 900, 900]);
  });
});

describe('LoginThrottle', () => {
  it('makes the attempt after twenty failures wait, and a longer time after each that fails', () => {
    const { clock, wait } = setUp();
    expect(twenty(wait)).toEqual(Array(20).fill(0));
    expect(wait()).toBe(5);
    clock.seconds = 5;
    expect(wait()).toBe(0);
    expect(wait()).toBe(10);
  });

  it('does not count attempts that it refused', () => {
    const { clock, wait } = setUp();
    twenty(wait);
    twenty(wait);
    clock.seconds = 5;
    expect(wait()).toBe(0);
  });

  it('starts anew after a success and after an hour', () => {
    const { clock, throttle, wait } = setUp();
    twenty(wait);
    throttle.succeeded('ADA', '10.0.0.1');
    expect(twenty(wait)).toEqual(Array(20).fill(0));
    clock.seconds = 3_600;
    expect(wait()).toBe(0);
  });

  it('keeps names and addresses apart, but not the case of a name', () => {
    const { wait } = setUp();
    twenty(wait);
    expect(wait('bob')).toBe(0);
    expect(wait('ada', '10.0.0.2')).toBe(0);
    expect(wait('Ada')).toBe(5);
  });

  it('does not grow for ever', () => {
    const { wait } = setUp();
    twenty(wait);
    for (let index = 0; index < 20_001; index += 1) wait(`name-${index}`);
    expect(wait()).toBe(0);
  });
});
