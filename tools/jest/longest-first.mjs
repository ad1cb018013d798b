import Sequencer from '@jest/test-sequencer';

/** Takes minutes of waiting for processes that were killed; begun last, it would go on alone while the other worker idles. */
const LONGEST = /[/\\]tools[/\\]chaos[/\\]/;

/** The order of Jest (failed last time, slowest, largest first), except that the longest suite begins at once on any machine. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const [first, rest] = [[], []];
    for (const test of super.sort(tests)) (LONGEST.test(test.path) ? first : rest).push(test);
    return [...first, ...rest];
  }
}
