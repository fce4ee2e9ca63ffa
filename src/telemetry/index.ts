/** Door of telemetry: what the runtime tells about itself. */
export { type CountedLogger, type EventName, events, type FactsOf, say } from './events.ts';
export { defaultLogger, guardedLogger } from './log.ts';
