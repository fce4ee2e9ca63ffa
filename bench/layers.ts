/**
 * What each layer adds to a message, from the bus alone to a commit in SQLite.
 *
 * Contestants send the same stories to the same number of actors; each layer is the one before it
 * and something more. The bus: address lookup, lanes, round robin, turn, step, effects. Then what
 * a client's send does: the envelope and zod, the check for JSON, the promise. Then what makes it
 * durable: the texts of rows and snapshots, the journal. Against a raw actor, which gets its events
 * one after the other by `actor.send`. One wave is one message to each actor, so that every turn
 * of a group touches another actor: the worst case for snapshots, which are written once a group.
 */
import assert from 'node:assert/strict';
import { createActor } from 'xstate';
import type { Cell } from '../src/actor/index.ts';
import { defineBot, handler } from '../src/bots/index.ts';
import type { LocalHost, Stage } from '../src/engine/index.ts';
import type { Batch, Journal } from '../src/journal/index.ts';
import { type Checked, checkMessage, checkPost, envelopeOf } from '../src/messages/index.ts';
import {
  type Address,
  type Bot,
  botAddress,
  clientAddress,
  type Message,
  parse,
} from '../src/protocol/index.ts';
import { benchHost, forgetfulJournal, newJournal, type Subject, task, toggle } from './actors.ts';
import {
  addedUs,
  type Bench,
  type Contest,
  type Contestant,
  contest,
  type Figure,
  faster,
  rate,
} from './harness.ts';

const parameters = { actors: 100, toggles: 41, reports: 8, rounds: 25, warmUps: 5 };

/** The benchmark. */
export const layers: Bench<typeof parameters> = {
  name: 'layers',
  about:
    'A message to each of many actors, wave after wave: raw XState, then layer upon layer. ' +
    'The bus holds address, lanes, round robin, turn, step and effects.',
  parameters,
  quick: { actors: 3, toggles: 5, reports: 2, rounds: 1, warmUps: 0 },
  async measure({ actors, toggles, reports, rounds, warmUps }) {
    const figures: Figure[] = [];
    for (const subject of [toggle(toggles), task(reports)]) {
      const contested = await contest(contestantsOf(subject, actors), { rounds, warmUps });
      figures.push(...figuresOf(subject, contested, actors * subject.story.length));
    }
    return figures;
  },
};

type Send = (actors: Actors, id: string, message: Message) => unknown;

interface Layer {
  readonly name: string;
  readonly send: Send;
  readonly journal: () => Promise<{ readonly journal: Journal; readonly end: () => void }>;
}

const from = clientAddress('bench');
const bare = async () => ({ journal: forgetfulJournal(), end: nothing });
const texts = async () => ({ journal: forgetfulJournal(lookAt), end: nothing });

const stack: readonly Layer[] = [
  { name: 'bus alone', journal: bare, send: tell },
  { name: '+ envelope and zod', journal: bare, send: tellEnvelope },
  { name: '+ JSON check', journal: bare, send: tellChecked },
  { name: '+ promise', journal: bare, send: post },
  { name: '+ texts of row and snapshot', journal: texts, send: post },
  { name: '+ memory journal', journal: () => newJournal('memory'), send: post },
  { name: '+ SQLite, FULL', journal: () => newJournal('file'), send: post },
];

/** Floors of the bus alone and of a client's send, as ratios to a raw actor. */
const floors: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'bus alone': { toggle: 0.85, task: 0.85 },
  '+ texts of row and snapshot': { toggle: 0.6, task: 0.7 },
};

interface Actors {
  readonly host: LocalHost;
  readonly subject: Subject;
  readonly bot: Bot;
  readonly cells: readonly Cell[];
}

function contestantsOf(subject: Subject, actors: number): Record<string, Contestant> {
  const bot = defineBot({
    id: 'bench',
    on: Object.fromEntries(
      subject.story.map(({ type }) => [type, handler(subject.payload, nothing)]),
    ),
  });
  return {
    raw: () => rawRound(subject, actors),
    ...Object.fromEntries(
      stack.map((layer) => [layer.name, () => layerRound(layer, subject, bot, actors)]),
    ),
  };
}

function rawRound({ machine, spec, story, event }: Subject, count: number) {
  const actors = Array.from({ length: count }, () => createActor(machine, { input: spec }).start());
  return {
    run: () => {
      for (const message of story) {
        for (const actor of actors) actor.send(event(message, Date.now()));
      }
    },
    result: () => actors.map((actor) => actor.getSnapshot().value),
  };
}

async function layerRound(layer: Layer, subject: Subject, bot: Bot, count: number) {
  const { journal, end } = await layer.journal();
  const host = benchHost(subject.machine, journal);
  const ids = Array.from({ length: count }, (_, index) => `${index}`);
  const cells = await host.enter('create', (stage) =>
    ids.map((id) => create(stage, botAddress(id), subject.spec)),
  );
  const actors = { host, subject, bot, cells };
  return {
    run: async () => {
      for (const message of subject.story) {
        const sent = ids.map((id) => layer.send(actors, id, message));
        await (sent[0] === undefined ? drained(host) : Promise.all(sent));
      }
      while (host.counts().pending > 0) await drained(host);
    },
    result: () => {
      assert.equal(host.counts().applied, count * subject.story.length);
      return cells.map((cell) => cell.committed.value);
    },
    end: () => {
      host.end('the round is over');
      end();
    },
  };
}

const create = (stage: Stage, address: Address, spec: unknown): Cell =>
  stage.create({
    address,
    kind: 'bench',
    definition: 'bench',
    version: '1',
    structure: '',
    parent: '',
    spec,
  });

const drained = (host: LocalHost): Promise<void> => host.enter('wait', nothing);

function tell({ host, subject }: Actors, id: string, message: Message): void {
  host.tell(botAddress(id), subject.event(message, host.clock.now()));
}

function tellEnvelope({ host, subject, bot }: Actors, id: string, given: Message): void {
  const message = checkMessage(given);
  const schema = bot.on[message.type]?.payload;
  if (schema !== undefined) parse(schema, message.payload, 'payload');
  tellAll({ host, subject }, { to: botAddress(id), message });
}

function tellChecked({ host, subject, bot }: Actors, id: string, given: Message): void {
  tellAll({ host, subject }, checkPost(postingOf(host, bot), id, given));
}

function tellAll({ host, subject }: Pick<Actors, 'host' | 'subject'>, checked: Checked): void {
  const { clock } = host;
  const now = clock.now();
  const envelope = envelopeOf(checked.message, { clock, now, from, to: checked.to });
  host.tell(checked.to, subject.delivered(envelope, now));
}

/** As `troupe.send`, but for the machine, which gets the event that it knows. */
function post({ host, subject, bot }: Actors, id: string, given: Message): Promise<void> {
  const { to, message } = checkPost(postingOf(host, bot), id, given);
  return host.enter('send', (stage) => {
    const { clock } = host;
    const envelope = envelopeOf(message, { clock, now: stage.now, from, to });
    const { priority } = envelope;
    stage.send(to, subject.delivered(envelope, stage.now), { priority, gated: true });
  });
}

const postingOf = (host: LocalHost, bot: Bot) => ({
  clock: host.clock,
  limits: host.limits,
  botOf: () => bot,
});

/** Takes all texts of a batch, as a journal does. */
const lookAt = (batch: Batch): number =>
  batch.rows.reduce((sum, row) => sum + row.body.length, 0) +
  batch.actors.reduce((sum, actor) => sum + actor.snapshot.length, 0);

function figuresOf(subject: Subject, contested: Contest, messages: number): Figure[] {
  return ['raw', ...stack.map((layer) => layer.name)].map((name, index, names) => {
    const floor = floors[name]?.[subject.name];
    const bounds = floor === undefined ? [] : [{ of: 'ratio', min: floor, isDue: true } as const];
    const above = names[index - 1];
    return {
      ...rate(contested, messages, { name: `${subject.name}, ${name}`, of: name }, bounds),
      against: above === undefined ? undefined : faster(contested, name, 'raw'),
      addsUs: above === undefined ? undefined : addedUs(contested, name, above) / messages,
    };
  });
}

function nothing(): void {}
