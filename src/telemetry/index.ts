/** Door of telemetry: what the runtime tells about itself. */
export { defaultLogger, guardedLogger } from './log.ts';
