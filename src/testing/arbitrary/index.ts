/** Arbitraries: values of a schema, drawn by chance. */
export { type ArbitraryOptions, arbitraryOf, type Overrides } from './arbitrary-of.ts';
