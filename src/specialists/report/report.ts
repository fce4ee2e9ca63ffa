/**
 * The report: what the editor makes of the evidence, as data. The worst places first, for each of
 * them why, what to do, the effort and the pay-off. The rules are those of `score.ts`; the texts
 * follow from the measures alone. Pure.
 */
import { z } from 'zod';
import { counted, figure } from './numbers.ts';
import {
  type ClonePlace,
  type CyclePlace,
  Evidence,
  type FunctionPlace,
  functionLimits,
  type LeftoverPlace,
  Place,
  type SyntaxPlace,
} from './places.ts';
import { Effort, effortOf, nameOf, PayOff, payOffOf, ranked, scoreOf } from './score.ts';

/** Places of a report: more than anybody does before the next audit. */
export const prioritiesMax = 50;

/** One place, and what to do about it. */
export const Priority = z.object({
  /** 1 is the worst. */
  rank: z.int().min(1),
  score: z.number(),
  /** File and line; of several places the first. */
  where: z.string(),
  /** What it is, such as `Function 'send'` or `9 alike lines in 3 places`. */
  what: z.string(),
  /** The measures behind it, each with its threshold. */
  why: z.array(z.string()),
  todo: z.string(),
  effort: Effort,
  payOff: PayOff,
  place: Place,
});
export type Priority = z.infer<typeof Priority>;

/** A report. */
export const Report = Evidence.omit({ places: true }).extend({
  /** The worst first, at most `prioritiesMax`. */
  priorities: z.array(Priority),
});
export type Report = z.infer<typeof Report>;

/** Makes the report of the evidence. */
export function reportOf({ places, ...figures }: Evidence): Report {
  return {
    ...figures,
    priorities: ranked(places)
      .slice(0, prioritiesMax)
      .map((place, index) => priorityOf(place, index + 1)),
  };
}

function priorityOf(place: Place, rank: number): Priority {
  const score = scoreOf(place);
  return {
    rank,
    score,
    where: nameOf(place),
    ...wordsFor(place),
    effort: effortOf(place),
    payOff: payOffOf(score),
    place,
  };
}

type Words = Pick<Priority, 'what' | 'why' | 'todo'>;

function wordsFor(place: Place): Words {
  if (place.kind === 'function') return functionWords(place);
  if (place.kind === 'clones') return cloneWords(place);
  if (place.kind === 'cycle') return cycleWords(place);
  return place.kind === 'leftovers' ? leftoverWords(place) : syntaxWords(place);
}

function functionWords(place: FunctionPlace): Words {
  const { complexity, cognitive, lines, params, fanIn, isFlat = false } = place;
  const over = (name: string, value: number | undefined, max: number): string[] =>
    value === undefined ? [] : [`${name.replace('#', figure(value))} (limit ${max})`];
  const isTangled = !isFlat && (complexity !== undefined || cognitive !== undefined);
  return {
    what: place.what ?? (lines === undefined ? 'A function' : 'A long function'),
    why: [
      ...over('complexity #', complexity, functionLimits.complexity),
      ...over('cognitive complexity #', cognitive, functionLimits.cognitive),
      ...over('# lines', lines, functionLimits.lines),
      ...over('# parameters', params, functionLimits.params),
      ...(fanIn > 0 ? [`imported by ${counted(fanIn, 'module')}`] : []),
    ],
    todo: [
      ...(isTangled && fanIn >= 10 ? ['Hold it with tests first, many rely on it.'] : []),
      ...(isTangled ? [untangle(cognitive ?? 0)] : []),
      ...(isFlat ? [flatAdvice] : []),
      ...(lines !== undefined && !isTangled
        ? ['Cut it into named steps, each with one purpose and under 50 lines.']
        : []),
      ...(params === undefined ? [] : ['Pass one object with named fields for its parameters.']),
    ].join(' '),
  };
}

const flatAdvice =
  'It is a flat list of conditions: fine to leave if each is a default, else a table of the cases.';

const untangle = (cognitive: number): string =>
  cognitive > functionLimits.cognitive
    ? 'Return early instead of nesting, then give each remaining branch a function of its own.'
    : 'Give each group of cases a function of its own, or put the cases into a table.';

function cloneWords({ passages, copies, lines, tokens, isTest }: ClonePlace): Words {
  if (copies === 1) {
    const why = [`${figure(tokens)} tokens that were there before`];
    return {
      what: `${figure(lines)} lines that repeat themselves`,
      why,
      todo: 'Make it a loop or a table.',
    };
  }
  const files = new Set(passages.map(({ file }) => file)).size;
  const others = passages.slice(1, 4).map(({ file, start }) => `${file}:${start}`);
  const more = copies - 1 - others.length;
  return {
    what: `${figure(lines)} alike lines in ${figure(copies)} places`,
    why: [
      `${figure(tokens)} tokens too many`,
      `also at ${others.join(', ')}${more > 0 ? ` and ${figure(more)} more` : ''}`,
    ],
    todo: isTest
      ? 'Move them into a fixture or a table of cases.'
      : files === 1
        ? 'Move them into one function of this file and call it.'
        : 'Move them into one function of a module that all these files can import.',
  };
}

function cycleWords({ size, imports, shortest, isOfTypes = false }: CyclePlace): Words {
  const [first = '', second = ''] = shortest;
  const way = [...shortest, first].join(' -> ');
  return {
    what: `A cycle of ${figure(size)} modules`,
    why: [
      `they reach each other by ${counted(imports, 'import')}`,
      `a shortest way: ${way}`,
      ...(isOfTypes ? ['it is closed by imports of types alone'] : []),
    ],
    todo:
      (isOfTypes ? 'Nothing runs in a circle: fine to leave. Else: ' : '') +
      `Cut ${first} -> ${second}, or the way back: move what both need into a module below them.` +
      (size > shortest.length ? ' Then look again; a cycle this large takes several cuts.' : ''),
  };
}

function leftoverWords({ lines, terms }: LeftoverPlace): Words {
  const total = Object.values(terms).reduce((sum, n) => sum + n, 0);
  const counts = Object.entries(terms).sort(([a], [b]) => (a < b ? -1 : 1));
  const at = total === 1 ? 'line' : 'lines';
  return {
    what: `${counted(total, 'comment')} that ${total === 1 ? 'puts' : 'put'} work off`,
    why: [
      counts.map(([term, n]) => `${figure(n)} ${term}`).join(', '),
      `${at} ${lines.join(', ')}${total > lines.length ? ' …' : ''}`,
    ],
    todo: 'Do it, open an issue for it, or delete it.',
  };
}

const syntaxWords = ({ line, message }: SyntaxPlace): Words => ({
  what: 'A file that cannot be parsed',
  why: [`line ${line}: ${message.replace(/\.$/, '')}`, 'nothing else in it was measured'],
  todo: 'Mend the syntax; if it is no source, move it to a folder that is left out.',
});
