/** Door of versions: what must not change under one, and how actors go from one to the next. */
export { type Ahead, ahead } from './ahead.ts';
export { chartOf } from './chart.ts';
export { migratedBy, misfitOf, timersOf } from './migration.ts';
