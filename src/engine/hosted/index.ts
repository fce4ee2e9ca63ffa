/** Door of the actors of users' machines. */
export { chartOf } from './chart.ts';

export type { HostedStage, TimerLeft } from './hosted-stage.ts';
export { hostedTurn } from './hosted-turn.ts';
export { Hosting, type HostingPorts, readValue } from './hosting.ts';
export { type HostedCreation, Lives } from './lives.ts';
export { type Logic, logicOf } from './logic.ts';
export { deliverType, isDelivery, post } from './post.ts';
export { idempotencyKey, Promises } from './promises.ts';
export { hostedOutcome, hostedStatus } from './settle.ts';
export { hostedText, reviveHosted } from './texts.ts';
