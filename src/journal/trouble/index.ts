/** Door of trouble: what ends a journal's life. It loads nothing: doors are loaded at once. */
export { isDiskError, isFull, isJournalEnd, type JournalEnd, journalEnd } from './failure.ts';
export { sqliteCode, sqliteCodes } from './sqlite-code.ts';
