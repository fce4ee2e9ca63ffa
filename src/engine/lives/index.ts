/** Door of how the actors of users' machines live: begin, take turns, fail, start anew, end. */
export type { HostedCreation, HostedStage } from './hosted-stage.ts';
export { hostedTurn } from './hosted-turn.ts';
export { idempotencyKey } from './keys.ts';
export { Lives } from './lives.ts';
export { post } from './post.ts';
export { Promises } from './promises.ts';
export { hostedOutcome, hostedStatus } from './settle.ts';
