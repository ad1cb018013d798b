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

const ten = (wait: () => number): number[] => Array.from({ length: 10 }, () => wait());

describe('waitAfter', () => {
  it('is nothing for ten failures, then doubles up to a quarter of an hour', () => {
    expect([0, 9, 10, 11, 12, 17, 18, 1_000].map(waitAfter)).toEqual([0, 0, 5, 10, 20, 640, 900, 900]);
  });
});

describe('LoginThrottle', () => {
  it('makes the eleventh attempt wait, and a longer time after each that fails', () => {
    const { clock, wait } = setUp();
    expect(ten(wait)).toEqual(Array(10).fill(0));
    expect(wait()).toBe(5);
    clock.seconds = 5;
    expect(wait()).toBe(0);
    expect(wait()).toBe(10);
  });

  it('does not count attempts that it refused', () => {
    const { clock, wait } = setUp();
    ten(wait);
    ten(wait);
    clock.seconds = 5;
    expect(wait()).toBe(0);
  });

  it('starts anew after a success and after an hour', () => {
    const { clock, throttle, wait } = setUp();
    ten(wait);
    throttle.succeeded('ADA', '10.0.0.1');
    expect(ten(wait)).toEqual(Array(10).fill(0));
    clock.seconds = 3_600;
    expect(wait()).toBe(0);
  });

  it('keeps names and addresses apart, but not the case of a name', () => {
    const { wait } = setUp();
    ten(wait);
    expect(wait('bob')).toBe(0);
    expect(wait('ada', '10.0.0.2')).toBe(0);
    expect(wait('Ada')).toBe(5);
  });

  it('does not grow for ever', () => {
    const { wait } = setUp();
    ten(wait);
    for (let index = 0; index < 20_000; index += 1) wait(`name-${index}`);
    expect(wait()).toBe(0);
  });
});
