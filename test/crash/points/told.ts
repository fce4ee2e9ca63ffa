/** What two runs of the script must have in common, however they were disturbed. */
import type { ActorRecord, Journal } from '../../../src/journal/index.ts';
import { isOfItsLife } from '../../simulation/lives.ts';
import type { Outside } from './outside.ts';
import type { Outcomes } from './program.ts';

/** The end: plain data. */
export interface Told {
  readonly end: unknown;
}

/** Reads it from what the program says, from the outside and from the journal. */
export function toldOf(outcomes: Outcomes, { deeds }: Outside, journal: Journal): Told {
  const actors = journal.actors({});
  return {
    end: plain({
      outcomes,
      keys: [...new Set(deeds.map(({ key }) => key))].sort(),
      trip: [...new Set(deeds.map(({ key }) => key))].filter((key) => key.startsWith('trip/')),
      actors: actors.flatMap(actorTold).sort(),
      steps: actors.flatMap((actor) => stepsTold(journal, actor)).sort(),
      handled: handled(journal),
      fired: journal
        .rows(0, Number.POSITIVE_INFINITY)
        .filter(({ type }) => type.startsWith('xstate.after'))
        .map(({ type }) => type),
      dead: journal
        .deadLetters(1_000)
        // The outside asks again in each life: a reply to its life before has nobody any more.
        .filter(({ to }) => !to.startsWith('client/'))
        .map(({ to, type, reason, detail }) => `${to} ${type} ${reason} ${detail}`)
        .sort(),
      waiting: journal.waiting().length,
      timers: journal.timers().length,
    }),
  };
}

/** Of a machine of the user's its whole state, too. */
function actorTold({ address, kind, status, done, parked, snapshot }: ActorRecord): string[] {
  const state = kind === 'machine' ? ` ${JSON.stringify(plain(JSON.parse(snapshot)))}` : '';
  return [`${address} ${status} ${done} ${parked}${state}`];
}

/** When an ask was sent depends on the crashes before. */
const isMark = (step: string): boolean => step.startsWith('~asked/');

const stepsTold = (journal: Journal, { actor, address }: ActorRecord): string[] =>
  journal.steps(actor).map(({ step, body }) => {
    const value = isMark(step) || body === '' ? '' : JSON.stringify(plain(JSON.parse(body)));
    return `${address} ${step} ${value}`;
  });

/** What work sent and asked was taken once, and ended once. */
function handled(journal: Journal): string[] {
  const rows = journal.rows(0, Number.POSITIVE_INFINITY);
  const taken = rows.filter(({ type }) => type === 'message').map(({ body }) => JSON.parse(body));
  const ends = rows.filter(({ type }) => /^message\.(handled|failed)$/.test(type));
  return taken
    .filter(({ envelope }) => envelope.from.startsWith('run/'))
    .map(({ envelope }) => {
      const own = ends.filter(({ body }) => JSON.parse(body).id === envelope.id);
      return `${envelope.from} ${envelope.type} ${own.map(({ type }) => type)}`;
    })
    .sort();
}

/** Without what depends on when it happened. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, one) =>
      isOfItsLife(key) || /^(at|requestedAt|createdAt|updatedAt|endedAt|until)$/.test(key)
        ? undefined
        : one,
    ),
  );
