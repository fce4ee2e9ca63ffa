/**
 * Calls: what the owner of a supervisor asks of it, and the answers.
 * Source: Erlang/OTP, `supervisor.erl`; refusals have the names that its documentation gives them.
 */
import { assertNever, type ChildSpec } from '../../protocol/index.ts';
import {
  type Call,
  type Changing,
  type Child,
  counted,
  isPool,
  listed,
  type Question,
} from './books.ts';
import type { Desk } from './desk.ts';
import { beginOne, beginTerminate } from './job.ts';

/** Whether a call changes nothing. */
export const isQuestion = (call: Call): call is Question =>
  call.ask === 'which' || call.ask === 'count';

/** Answers a question: at once, whatever the supervisor is doing. */
export function answerQuestion(desk: Desk, { ask, call }: Question): void {
  const { spec, children } = desk;
  if (ask === 'which') desk.answer(call, { is: 'children', children: listed(spec, children) });
  else desk.answer(call, { is: 'counts', counts: counted(spec, children) });
}

/** Does what was asked, while the supervisor does nothing else. */
export function perform(desk: Desk, asked: Changing): void {
  switch (asked.ask) {
    case 'start':
      startChild(desk, asked.child, asked.call);
      return;
    case 'add':
      addMember(desk, asked);
      return;
    case 'remove':
      removeMember(desk, asked.child, asked.call);
      return;
    case 'restart':
    case 'terminate':
    case 'delete':
      administer(desk, asked.ask, asked.child, asked.call);
      return;
    default:
      assertNever(asked, 'every call has an answer');
  }
}

function startChild(desk: Desk, spec: ChildSpec, call: string): void {
  if (isPool(desk.spec)) desk.refuse(call, 'simple-one-for-one');
  else if (isMismatch(desk, spec)) desk.refuse(call, 'bad-combination');
  else if (isTaken(desk, spec.id, call)) return;
  else begin(desk, { id: spec.id, is: 'stopped', starts: 0, spec }, call);
}

/** A significant child must be able to end for good, and its end must mean something. */
const isMismatch = (desk: Desk, { significant, restart }: ChildSpec): boolean =>
  significant && (restart === 'permanent' || desk.spec.autoShutdown === 'never');

function addMember(desk: Desk, { child: id, call, input }: Changing & { ask: 'add' }): void {
  if (!isPool(desk.spec)) desk.refuse(call, 'bad-combination');
  else if (isTaken(desk, id, call)) return;
  else {
    const member: Child = { id, is: 'stopped', starts: 0 };
    begin(desk, input === undefined ? member : { ...member, input }, call);
  }
}

function isTaken(desk: Desk, id: string, call: string): boolean {
  const known = desk.find(id);
  if (known === undefined) return false;
  const isUp = known.is !== 'stopped' && known.is !== 'restarting';
  desk.refuse(call, isUp ? 'already-started' : 'already-present');
  return true;
}

function begin(desk: Desk, child: Child, call: string): void {
  desk.put(child);
  beginOne(desk, child, call);
}

function removeMember(desk: Desk, id: string, call: string): void {
  const child = desk.find(id);
  if (child === undefined || !isPool(desk.spec)) desk.refuse(call, 'not-found');
  else beginTerminate(desk, child, call);
}

function administer(
  desk: Desk,
  ask: 'restart' | 'terminate' | 'delete',
  id: string,
  call: string,
): void {
  const child = desk.find(id);
  if (isPool(desk.spec)) desk.refuse(call, 'simple-one-for-one');
  else if (child === undefined) desk.refuse(call, 'not-found');
  else if (ask === 'terminate') beginTerminate(desk, child, call);
  else if (child.is !== 'stopped') {
    desk.refuse(call, child.is === 'restarting' ? 'restarting' : 'running');
  } else if (ask === 'restart') beginOne(desk, child, call);
  else {
    desk.remove(id);
    desk.answer(call, { is: 'done' });
  }
}
