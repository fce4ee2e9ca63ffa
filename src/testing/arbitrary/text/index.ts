/** Text: strings by length, format and pattern. */
export { stringsOf } from './strings.ts';
