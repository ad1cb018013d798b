import { EXPOSURE } from '@assay/contracts';
import { cookieCats, PLAYERS } from './cookie-cats.js';
import { eventsOf } from './demo.command.js';

const players = [...cookieCats()];
const count = (variant: string, retained?: 'retained1' | 'retained7'): number =>
  players.filter((player) => player.variant === variant && (retained === undefined || player[retained])).length;

it('has the published totals', () => {
  expect([PLAYERS, players.length, new Set(players.map(({ id }) => id)).size]).toEqual([90_189, 90_189, 90_189]);
  expect([count('gate_30'), count('gate_30', 'retained1'), count('gate_30', 'retained7')]).toEqual([
    44_700, 20_034, 8_502,
  ]);
  expect([count('gate_40'), count('gate_40', 'retained1'), count('gate_40', 'retained7')]).toEqual([
    45_489, 20_119, 8_279,
  ]);
});

it('sends what happened after the exposure, with ids that stay', () => {
  const player = { id: 'player-1', variant: 'gate_40', retained1: true, retained7: true } as const;
  const [exposure, dayOne, dayEight] = eventsOf(player, 'cookie-cats');
  expect(exposure).toMatchObject({ eventType: EXPOSURE, variant: 'gate_40' });
  expect([exposure, dayOne, dayEight].map((event) => Date.parse(event?.timestamp ?? ''))).toEqual(
    [0, 1, 7].map((days) => Date.UTC(2016, 0, 4) + days * 86_400_000),
  );
  expect(eventsOf(player, 'cookie-cats')).toEqual([exposure, dayOne, dayEight]);
  expect(eventsOf({ ...player, retained1: false, retained7: false }, 'cookie-cats')).toHaveLength(1);
});
