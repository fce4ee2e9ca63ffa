/** Door of checking: `check`, its report, and what a module has to check. */
export type { WouldPark } from '../../troupe/index.ts';
export { assertChecked } from './assert-checked.ts';
export { check } from './check.ts';
export { type Checkable, definitionsIn } from './definitions-in.ts';
export { type Exported, exportedIn } from './exported.ts';
export { parkedIn } from './parked-in.ts';
export { findingsText, reportText } from './report.ts';
