/** Laws of what is due: what should be done is done, and is tried as long as it may be. */
export { givingUp } from './giving-up.ts';
export { planEnds } from './plan-ends.ts';
