// `npm run chaos -- --seed N --events 200000 --kills 30`: kills processes at random moments and looks whether anything was lost.
import { runHere } from './run-here.mjs';

await runHere(import.meta.filename, async () => {
  const { runChaos } = await import('../chaos/src/run-chaos.mjs');
  process.exit(await runChaos(process.argv.slice(2)));
});
