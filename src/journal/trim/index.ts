/** Door of trimming: the trimmer, what it needs of a journal, and what a family is. */
export { isRoot, placesBelow, rootOf, stepOfLetter } from './family.ts';
export type { EndedRoot, Member, Numbered, SizedStep, TrimStore } from './trim-store.ts';
export { Trimmer } from './trimmer.ts';
