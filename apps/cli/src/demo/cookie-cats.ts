/**
 * Cookie Cats (Mukherjee and others, published on DataCamp and Kaggle): 90,189 new players met the first gate at level 30 or
 * at level 40; did they come back after one day, after seven? Only the counts are here; the players are made from them.
 */
export interface Player {
  readonly id: string;
  readonly variant: 'gate_30' | 'gate_40';
  readonly retained1: boolean;
  readonly retained7: boolean;
}

/** (variant, back after a day, back after a week) -> players. */
const COUNTS = [
  ['gate_30', false, false, 22_840],
  ['gate_30', true, false, 13_358],
  ['gate_30', false, true, 1_826],
  ['gate_30', true, true, 6_676],
  ['gate_40', false, false, 23_597],
  ['gate_40', true, false, 13_613],
  ['gate_40', false, true, 1_773],
  ['gate_40', true, true, 6_506],
] as const;

export const PLAYERS = COUNTS.reduce((sum, [, , , count]) => sum + count, 0);

/** Every player of the test, always in the same order. */
export function* cookieCats(): Generator<Player> {
  let number = 0;
  for (const [variant, retained1, retained7, count] of COUNTS) {
    for (let index = 0; index < count; index += 1) {
      number += 1;
      yield { id: `player-${String(number).padStart(5, '0')}`, variant, retained1, retained7 };
    }
  }
}
