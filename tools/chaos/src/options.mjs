import { parseArgs } from 'node:util';

export const SERVICES = ['gateway', 'identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'];
const VICTIMS = [...SERVICES, 'broker', 'postgres'];

export const USAGE = `usage: npm run chaos -- [--seed N] [--events 200000] [--kills 30] [--only ${VICTIMS.join(',')}] [--replicas N] [--no-pauses] [--plant] [--keep]`;

/** @returns {{seed: number, events: number, kills: number, victims: string[], analysis: number, pauses: boolean, plant: boolean, keep: boolean}} */
export function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      events: { type: 'string', default: '200000' },
      kills: { type: 'string', default: '30' },
      only: { type: 'string' },
      replicas: { type: 'string', default: '1' },
      'no-pauses': { type: 'boolean', default: false },
      plant: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const victims = values.only?.split(',') ?? VICTIMS;
  const unknown = victims.filter((victim) => !VICTIMS.includes(victim));
  if (unknown.length > 0) throw new TypeError(`there is no ${unknown.join(', ')} to kill`);
  return {
    seed: values.seed === undefined ? Math.floor(Math.random() * 1e9) : whole('seed', values.seed),
    events: whole('events', values.events),
    kills: whole('kills', values.kills),
    analysis: whole('replicas', values.replicas),
    victims,
    pauses: !values['no-pauses'],
    plant: values.plant,
    keep: values.keep,
  };
}

function whole(name, text) {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} takes a whole number`);
  return Number(text);
}
