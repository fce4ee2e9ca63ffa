/** Scripts as arbitraries: what is given, where faults strike, what people answer. */
export { chanceOf, drawn, givensOf } from './given.ts';
export { type Places, placesOf } from './places.ts';
export { scriptsOf } from './scripts-of.ts';
