/** Prints what was done and what was found. @returns {boolean} whether all is well */
export function printFindings({ say, seed, seconds, traffic, client, disasters, findings, dataDir }) {
  const struck = [...disasters.counts]
    .map(([victim, { killed, paused }]) => `${victim} ${killed}+${paused}`)
    .join(', ');
  const total = traffic.sent.toLocaleString('en');
  say(
    `\n${total} events acknowledged in ${seconds.toFixed(0)} s (${Math.round(traffic.sent / seconds)}/s), resends included.`,
  );
  say(
    `${client.refused} calls were sent again; ${client.longest.call} waited longest, ${(client.longest.took / 1_000).toFixed(1)} s.`,
  );
  say(
    `Killed + paused: ${struck}; ${disasters.duringTraffic} while events were being sent, ${disasters.atWork} of them when ready.\n`,
  );
  const width = Math.max(...findings.map(({ what }) => what.length));
  for (const { what, found, ok } of findings) say(`${ok ? 'ok    ' : 'FAILED'}  ${what.padEnd(width)}  ${found}`);
  const all = findings.every(({ ok }) => ok);
  say(
    all ? `\nNothing lost, nothing doubled (seed ${seed}).` : `\nFAILED: repeat with --seed ${seed}; see ${dataDir}.`,
  );
  return all;
}
