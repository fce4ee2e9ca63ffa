/**
 * Door of the specialists: teams of bots written like a user's program, on the public doors only.
 */
export { type Availability, availability } from './analysers/index.ts';
