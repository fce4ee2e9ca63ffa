/** What runs reached, and replaying them. */
export { replayOracle } from './replay-oracle.ts';
