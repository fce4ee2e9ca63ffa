/** Door of replaying: rows folded into actors again. */
export { Replay, type Replayable, type ReplayPorts } from './replay.ts';
