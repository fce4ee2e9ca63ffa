/** Door of what the actors of users' machines are: logic, steps, values, texts. */
export {
  type Act,
  type Calling,
  type Delivery,
  deliverType,
  isDelivery,
  type Spawning,
} from './acts.ts';
export { decideHosted, type HostedDecision } from './decide.ts';
export {
  Hosting,
  type HostingPorts,
  type Migrating,
  parentAddress,
  type Recorded,
  readValue,
} from './hosting.ts';
export { type Logic, logicAt, logicOf } from './logic.ts';
export {
  type Good,
  goodText,
  hostedText,
  reviveGood,
  reviveHosted,
  stateOf,
  type TimerLeft,
  type Told,
} from './texts.ts';
export { errorData, errorText } from './values.ts';
