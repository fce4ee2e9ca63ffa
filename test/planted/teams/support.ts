/**
 * A support team: a desk takes tickets, the urgent ones first, an archive keeps notes, an expert
 * answers, and an agent goes round.
 */
import { z } from 'zod';
import { defineBot, handler, type Troupe } from '../../../src/index.ts';
import type { Oracle } from '../../../src/testing/oracles/index.ts';
import type { PlantedTeam } from './team.ts';

const Ticket = z.object({ name: z.string() });

const archive = defineBot({
  id: 'archive',
  concurrency: 1,
  timeout: '2h',
  on: { note: handler(z.string(), ({ payload }) => `kept ${payload}`) },
});

const expert = defineBot({
  id: 'expert',
  timeout: '2h',
  on: { question: handler(z.string(), ({ payload }) => ({ answer: `${payload}!` })) },
});

const desk = defineBot({
  id: 'desk',
  concurrency: 1,
  timeout: '2h',
  retry: { attempts: 5, backoff: '1s' },
  on: {
    ticket: handler(Ticket, ({ payload }) => `done ${payload.name}`),
    hint: handler(Ticket, () => undefined),
  },
});

const agent = defineBot({
  id: 'agent',
  timeout: '5h',
  retry: { attempts: 5, backoff: '1s' },
  work: async ({ ask, send, step }) => {
    await send(archive, { type: 'note', payload: 'on my way' });
    const { answer } = await ask(expert, { type: 'question', payload: 'why' }, { timeout: '4h' });
    return step('report', () => answer);
  },
});

const ticket = (name: string, priority: number) =>
  ({ type: 'ticket', payload: { name }, priority }) as const;

const team = {
  definitions: [desk, archive, expert, agent],
  faults: ['crash', 'disk-full', 'duplicate', 'delay', 'reorder', 'drop', 'bot-error', 'slow-bot'],
  always: {
    'urgent tickets go first': (view) => {
      const order = view.calls('desk.ticket').map(({ input }) => Ticket.parse(input).name);
      const low = order.indexOf('low');
      const urgent = order.indexOf('urgent');
      return low === -1 || (urgent !== -1 && urgent < low);
    },
    'the agent says once that it is on its way': (view) =>
      new Set(view.calls('archive.note').map(({ key }) => key)).size <= 1,
    'the expert is asked once': (view) =>
      new Set(view.calls('expert.question').map(({ key }) => key)).size <= 1,
  },
  eventually: {
    'no ticket is thrown away': (view) =>
      view.deadLetters.every(({ type, reason }) => type !== 'message' || reason !== 'mailbox-full'),
  },
} as const satisfies Omit<PlantedTeam, 'given' | 'scenario'>;

/** Nobody does anything about what is not durable. */
function durableFirst(): Oracle {
  return {
    law: 'a handler is called for messages that are durable',
    rested({ calls, journal }) {
      const rows = journal.rows(0, Number.POSITIVE_INFINITY);
      const handed = rows.filter(({ type }) => type === 'message').map(({ body }) => body);
      const lost = calls.find(
        ({ kind, key }) => kind === 'handler' && !handed.some((body) => body.includes(`"${key}"`)),
      );
      return lost && `${lost.of} was called for ${lost.key}, and nobody has that message`;
    },
  };
}

/** A ticket, and three at once behind it. */
export const tickets: PlantedTeam = {
  ...team,
  given: ['monday'],
  oracles: [durableFirst],
  scenario: async (troupe: Troupe) => {
    await troupe.send(desk, ticket('first', 5));
    await troupe.sendAll([
      { to: desk, ...ticket('low', 2) },
      { to: desk, ...ticket('low again', 2) },
      { to: desk, ...ticket('urgent', 9) },
    ]);
  },
  eventually: {
    ...team.eventually,
    'every ticket is dealt with, or somebody is told': (view) =>
      ['first', 'low', 'low again', 'urgent'].every(
        (name) =>
          view
            .calls('desk.ticket')
            .some(({ input, end }) => end !== 'open' && Ticket.parse(input).name === name) ||
          view.deadLetters.some(({ type }) => type === 'message'),
      ),
  },
};

/** A ticket, and a hint behind it that nobody wants to hear late. */
export const hints: PlantedTeam = {
  ...team,
  given: ['tuesday'],
  scenario: async (troupe: Troupe) => {
    await troupe.send(desk, ticket('first', 5));
    await troupe.send(desk, { type: 'hint', payload: { name: 'by the way' }, expiresIn: '30m' });
  },
};

/** An agent on its way. */
export const agents: PlantedTeam = {
  ...team,
  given: ['friday'],
  scenario: (troupe: Troupe) => troupe.start(agent, undefined, { id: 'a' }),
};
