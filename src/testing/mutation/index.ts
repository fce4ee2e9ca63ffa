/** Mutation: changed copies of machines, and which of them nothing notices. */
export { type Mutant, type MutantChange, mutantsOf } from './mutants.ts';
export { type MutationOptions, type MutationResult, unkilledOf } from './unkilled.ts';
