/** Simulating a team: scripts, stubs, what is seen, what came of it. */
export { play, playLaws } from './play.ts';
export type { Breach, Happening, Played, Unrepeatable } from './played.ts';
export {
  type Answering,
  type CallPlace,
  calm,
  type Fault,
  type FaultKind,
  faultKinds,
  type Script,
} from './script.ts';
export type { CallRecord, Committed, RequestRecord, Sight } from './sight.ts';
export {
  type CrashOptions,
  type SimulateOptions,
  type Simulation,
  simulate,
} from './simulate.ts';
export { type Stub, type StubCall, type StubFunction, stub } from './stub.ts';
export type { Asked, Play, Says, SimulatedTeam } from './team.ts';
