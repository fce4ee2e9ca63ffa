/** Door of snapshots: the whole of a journal in a file, and back. It loads SQLite. */
export { type Content, contentAt, contentOf } from './content.ts';
export { copyDatabase, copyToNew } from './copying.ts';
export { checkIsJournal } from './marks.ts';
export { checkPlace, type SavedSnapshot, type SaveOptions, save } from './save.ts';
export { type Staged, type StageOptions, stage, unstage } from './stage.ts';
