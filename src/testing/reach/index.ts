/** What runs reached, and replaying them. */
export { neverReached } from './never-reached.ts';
export { type Ran, Reach, type ReachOptions, reachOf } from './reach.ts';
export { replayLaw, replayOracle } from './replay-oracle.ts';
export { wholeRun } from './work.ts';
