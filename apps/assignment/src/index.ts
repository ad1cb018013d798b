export { AssignmentModule } from './assignment.module.js';
