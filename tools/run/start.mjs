// `npm start`: every service in one process, in the foreground.
import { mainOf, processEnvironment, serverFlags } from './places.mjs';
import { program, runHere } from './run-here.mjs';

await runHere(import.meta.filename, program(mainOf('standalone'), serverFlags, processEnvironment));
