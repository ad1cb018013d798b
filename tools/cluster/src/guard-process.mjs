// Waits for the end of the launcher that started it, however that came, and ends what it has left. The launcher holds the other
// end of its standard input, which the kernel closes when there is nobody left who holds it: also after kill -9.
import { endAll, leftOver } from './left-over.mjs';

const [dataDir] = process.argv.slice(2);
process.stdin.resume();
process.stdin.once('end', () => void endAll(leftOver(dataDir)).then(() => process.exit(0)));
