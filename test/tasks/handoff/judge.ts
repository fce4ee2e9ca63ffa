/** What holds after every story of handoffs, read from the journal and from what was told. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ActorRecord, Journal } from '../../../src/journal/index.ts';
import { handoffsBefore } from '../../../src/protocol/index.ts';
import { hold } from '../../simulation/laws.ts';
import type { Lived } from '../../simulation/lives.ts';
import type { Book } from './story.ts';

/** Judges what came of a story. @throws AssertionError when a promise is broken. */
export function judge({ book, ...lived }: Lived<undefined> & { readonly book: Book }): void {
  hold({ ...lived, outcomes: {} });
  const { journal } = lived;
  deepEqual(book.strange, [], 'callers are told what they can expect');
  // What reaches a run in the moment in which it ends has nobody any more.
  const letters = journal
    .deadLetters(1_000)
    .filter(({ reason }) => reason !== 'withdrawn' && reason !== 'stopped');
  deepEqual(letters, [], 'nothing is lost on its way');
  const handoffs = journal.actors({ kind: 'handoff' });
  for (const handoff of handoffs) holdHandoff(journal, handoff);
  for (const { call, id, status } of book.acks) {
    const is = handoffs.find(({ address }) => address === `handoff/${id}`)?.status;
    const wanted = { request: status, accept: 'ACCEPTED', decline: 'DECLINED' }[call];
    if (call === 'request' && status === 'OPEN') ok(is !== undefined);
    else equal(is, wanted, `what was told of ${id} is so`);
  }
  for (const run of journal.actors({ kind: 'task' })) holdTask(journal, run, handoffs, book);
}

/** It was decided once, and told. */
function holdHandoff(journal: Journal, { actor, address, status, done, input }: ActorRecord): void {
  ok(done, `${address} is decided`);
  const passed = journal.history(actor, 0).flatMap((row) => row.status.split('>'));
  deepEqual(
    passed.filter((one) => one !== ''),
    ['OPEN', status],
    'it is decided once',
  );
  const { run } = JSON.parse(input);
  const { actor: task = 0, status: end } = journal.byAddress(run) ?? {};
  const told = journal
    .history(task, 0)
    .filter(({ body, type }) => type.startsWith('handoff.') && JSON.parse(body).handoff === address)
    .map(({ type }) => type);
  if (status === 'ACCEPTED') deepEqual(told, ['handoff.requested', 'handoff.accepted']);
  else if (status === 'WITHDRAWN') deepEqual(told, ['handoff.requested']);
  // The task may have ended in the very moment.
  else ok(told.length === 2 ? told[1] === 'handoff.closed' : isFinal(end));
}

const isFinal = (status = ''): boolean => ['COMPLETED', 'FAILED', 'CANCELLED'].includes(status);

/** It was at one bot at a time, which alone did its work; all of it moved. */
function holdTask(
  journal: Journal,
  { actor, address, snapshot, input }: ActorRecord,
  all: readonly ActorRecord[],
  { doings }: Book,
): void {
  const { context } = JSON.parse(snapshot);
  const spec = JSON.parse(input);
  const holders: string[] = [spec.bot ?? ''];
  for (const { type, body } of journal.history(actor, 0)) {
    if (type !== 'handoff.accepted') continue;
    const { from, to } = JSON.parse(body);
    equal(from, holders.at(-1), 'it moves from the bot that has it');
    holders.push(to);
  }
  if (spec.route !== 'none') equal(context.assignedTo, holders.at(-1));
  const accepted = all.filter(
    (one) => one.status === 'ACCEPTED' && JSON.parse(one.input).run === address,
  );
  equal(accepted.length, holders.length - 1, 'it moves as often as it is taken');
  equal(context.handoffs ?? 0, holders.length - 1);
  const steps = journal.steps(actor).map(({ step }) => step);
  const facts = steps.filter((step) => step.startsWith('~handoff~h'));
  equal(facts.length, holders.length - 1, 'what was said goes with it');
  const reports = steps.filter((step) => step.startsWith('~report-'));
  const below = journal
    .history(actor, 0)
    .filter(({ type }) => type === 'child.settled')
    .reduce((sum, { body }) => sum + (JSON.parse(body).outcome.cost ?? 0), 0);
  equal(context.cost ?? 0, reports.length + below, 'its cost goes with it');
  equal((context.learnings ?? []).length, reports.length, 'and what was learnt');
  for (const { bot, key } of doings) {
    const at = key.lastIndexOf('/');
    if (`run/${key.slice(0, at)}` !== address) continue;
    equal(bot, holders[handoffsBefore(key.slice(at + 1))], `${key} is done by who has the task`);
  }
}
