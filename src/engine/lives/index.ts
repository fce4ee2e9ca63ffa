/** Door of how the actors of users' machines live: begin, take turns, fail, start anew, end. */
export { adopt } from './adopt.ts';
export type { HostedCreation, HostedStage } from './hosted-stage.ts';
export { comeAgain, hostedTurn } from './hosted-turn.ts';
export { idempotencyKey } from './keys.ts';
export { Lives } from './lives.ts';
export { asControl, post } from './post.ts';
export { Promises } from './promises.ts';
export { hostedOutcome, hostedStatus } from './settle.ts';
