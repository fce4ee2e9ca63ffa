/** Door of trouble: what ends a journal's life, and how it is noticed. */
export { isDiskError, isFull, isJournalEnd, type JournalEnd, journalEnd } from './failure.ts';
export { type Place, placeOf } from './place.ts';
export { toldOf } from './room.ts';
export { sqliteCode, sqliteCodes } from './sqlite-code.ts';
