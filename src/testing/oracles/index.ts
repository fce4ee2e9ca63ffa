/** Oracles: the laws that hold of every run, and are watched in every simulation. */
import type { OracleOf } from './oracle.ts';

export type { Oracle, OracleOf } from './oracle.ts';

/** The laws that are always watched. */
export const stockOracles: readonly OracleOf[] = [];
