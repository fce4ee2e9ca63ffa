/** Door of the report: evidence, the rules that judge it, and the report in its two forms. */
export { evidenceOf, factsFrom, syntaxFaultsIn, unresolvedIn } from './gather.ts';
export { reportMarkdown, reportStart } from './markdown.ts';
export { Evidence, Notes, Place } from './places.ts';
export { Priority, prioritiesMax, Report, reportOf } from './report.ts';
export { Effort, PayOff } from './score.ts';
export { reportText, type TextOptions } from './text.ts';
export type { Heading } from './words.ts';
