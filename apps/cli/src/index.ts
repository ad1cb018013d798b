export { CommandContext } from './command-context.js';
export { assayProgram } from './program.js';
