/** Door of the checks: the head, the seal, what is verified at a start, and all of it. */
export type { Problem, Progress, SealState, Verification, VerifyOptions } from './findings.ts';
export { type FoundHead, removeHead } from './head.ts';
export { type HeadKeeper, headKeeper } from './keeper.ts';
export { sound } from './rows.ts';
export { checkFile, checkGone, checkTail } from './start.ts';
