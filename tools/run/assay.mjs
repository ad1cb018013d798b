// `npm run assay -- …`: the command-line client.
import { mainOf } from './places.mjs';
import { program, runHere } from './run-here.mjs';

await runHere(import.meta.filename, program(mainOf('cli'), ['--enable-source-maps']));
