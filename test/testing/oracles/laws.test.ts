/** Laws of undoing, paying, trying, sending and handing over: each broken on purpose. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler } from '../../../src/index.ts';
import {
  acknowledged,
  commitFirst,
  once,
  timers,
} from '../../../src/testing/oracles/durable/index.ts';
import { lanes, letters, sends } from '../../../src/testing/oracles/messages/index.ts';
import {
  attempts,
  below,
  budget,
  limits,
  rest,
  undo,
} from '../../../src/testing/oracles/runs/index.ts';
import { saidOf, sightOf } from './doctored.ts';
import { batchOf, later, letterOf, mailOf, messageOf, recordOf, rowOf } from './doctored-parts.ts';

const steps = ['a', 'b', 'c'].map((name) => ({ name, after: [], undo: true }));

/** A saga, and rows of it. */
const saga = recordOf('run/saga/1', { kind: 'workflow', spec: { plan: { steps } } });
const settled = (step: string, status = 'COMPLETED', cost?: number) =>
  rowOf(saga, { type: 'child.settled', step, outcome: { status, cost } });
const told = (step: string, status: string) => rowOf(saga, { type: 'step.told', step, status });
const init = rowOf(saga, { type: 'init' });
const done = (status: string) => later(saga, { status, done: true });

describe('undo', () => {
  const began = batchOf({ actors: [saga], rows: [init, settled('a'), settled('b')] });

  test('given the last first, each once, then nothing is said', () => {
    const rows = [told('b~undo', 'UNDOING'), settled('b~undo'), settled('a~undo')];
    const end = batchOf({ rows, actors: [done('FAILED')] });
    expect(saidOf(undo, [began, end])).toBe(undefined);
  });

  test('the first is undone first', () => {
    expect(saidOf(undo, [began, batchOf({ rows: [told('a~undo', 'UNDOING')] })])).toBe(
      'step a of saga/1 is undone before b, which completed last and must be undone first',
    );
  });

  test('one is undone twice, and one that did not complete', () => {
    const rows = [settled('b~undo'), settled('b~undo')];
    expect(saidOf(undo, [began, batchOf({ rows })])).toBe('step b of saga/1 is undone again');
    const alone = batchOf({ actors: [saga], rows: [init, settled('a', 'FAILED')] });
    expect(saidOf(undo, [alone, batchOf({ rows: [settled('a~undo')] })])).toBe(
      'step a of saga/1 is undone, which did not complete',
    );
  });

  test('one is left', () => {
    const end = batchOf({ rows: [settled('b~undo')], actors: [done('CANCELLED')] });
    expect(saidOf(undo, [began, end])).toBe('saga/1 is CANCELLED, and its step a was not undone');
  });

  test('what completed is undone', () => {
    const end = batchOf({ rows: [settled('b~undo')], actors: [done('COMPLETED')] });
    expect(saidOf(undo, [began, end])).toBe('saga/1 has completed, and its step b was undone');
  });

  test('one fails, and nobody is told; with an incident it is no breach', () => {
    const rows = [settled('b~undo', 'FAILED'), settled('a~undo')];
    const end = batchOf({ rows, actors: [done('FAILED')] });
    expect(saidOf(undo, [began, end])).toBe(
      'step b of saga/1 could not be undone, and there is no incident UNDO_FAILED',
    );
    const spec = { about: 'run/saga/1', code: 'UNDO_FAILED' };
    const incident = recordOf('incident/1', { kind: 'incident', spec });
    const told = { ...end, actors: [incident, ...end.actors] };
    expect(saidOf(undo, [began, told])).toBe(undefined);
  });

  test('a round of a loop that is not the last is not undone', () => {
    const judged = rowOf(saga, { type: 'step.judged', step: 'a', isGood: false });
    const rows = [init, settled('a'), judged, told('a~2', 'STARTED'), settled('a~2', 'FAILED')];
    const end = batchOf({ actors: [done('FAILED')] });
    expect(saidOf(undo, [batchOf({ actors: [saga], rows }), end])).toBe(undefined);
  });
});

describe('the budget', () => {
  const priced = (plan: readonly object[]) =>
    later(saga, { input: JSON.stringify({ budget: 9, plan: { steps: plan } }) });

  test('a step begins though too much is spent', () => {
    const actors = [priced([{ name: 'a' }, { name: 'b', cost: 2 }])];
    const rows = [init, told('a', 'STARTED'), settled('a', 'COMPLETED', 8), told('b', 'STARTED')];
    expect(saidOf(budget, [batchOf({ actors, rows })])).toBe(
      'saga/1 began step b, though 8 is spent and 2 may be for what is under way, of a budget of 9',
    );
  });

  test('two without a price are under way', () => {
    const unpriced = ['a', 'b'].map((name) => ({ name, unpriced: true }));
    const rows = [init, told('a', 'STARTED'), told('b', 'STARTED')];
    expect(saidOf(budget, [batchOf({ actors: [priced(unpriced)], rows })])).toMatch(
      /^saga\/1 began step b beside a: nobody said what they cost, so that both may exceed/,
    );
  });
});

describe('attempts', () => {
  test('of work', () => {
    const spec = { retry: { attempts: 2 } };
    const run = recordOf('run/scout/1', { spec, context: { attempts: 3 } });
    expect(saidOf(attempts, [batchOf({ actors: [run] })])).toBe(
      'scout/1 is at its 3rd attempt, of 2 that its policy allows',
    );
    const moved = recordOf('run/scout/2', { spec, context: { attempts: 3, attemptsBefore: 1 } });
    expect(saidOf(attempts, [batchOf({ actors: [moved] })])).toBe(undefined);
  });

  test('of a step', () => {
    const spec = { plan: { steps: [{ name: 'a', tries: 2 }] } };
    const context = { runs: { 0: { tries: 3 } } };
    const run = recordOf('run/saga/2', { kind: 'workflow', spec, context });
    expect(saidOf(attempts, [batchOf({ actors: [run] })])).toBe(
      'step a of saga/2 is tried for the 3rd time, of 2 that it may',
    );
  });

  test('of a handler', () => {
    const on = { note: handler(z.string(), () => null) };
    const desk = defineBot({ id: 'desk', retry: { attempts: 2 }, on });
    const call = { of: 'desk.note', kind: 'handler', key: 'm', attempt: 3 } as const;
    expect(saidOf(attempts, [batchOf({})], { definitions: [desk], calls: [call] })).toBe(
      'desk.note is called for the 3rd attempt at message m, of 2 that its policy allows',
    );
  });
});

describe('commit before effects', () => {
  const desk = recordOf('bot/desk', { kind: 'bot' });

  test('a handler is called before its message is durable', () => {
    const handed = batchOf({ actors: [desk], rows: [rowOf(desk, messageOf('m'))] });
    const calls = [{ of: 'desk.note', kind: 'handler', key: 'm', commit: 0 } as const];
    expect(saidOf(commitFirst, [handed], { calls })).toBe(
      [
        'the 1st call of desk.note (m) was made after commit 0, before what it is for was durable:',
        'it became so by commit 1',
      ].join(' '),
    );
    const after = [{ of: 'desk.note', kind: 'handler', key: 'm', commit: 1 } as const];
    expect(saidOf(commitFirst, [handed, batchOf({})], { calls: after })).toBe(undefined);
  });

  test('work is called for an attempt that never was', () => {
    const run = recordOf('run/scout/1', { context: { attempts: 1 } });
    const calls = [{ key: 'scout/1', attempt: 2, commit: 1 }];
    expect(saidOf(commitFirst, [batchOf({ actors: [run] }), batchOf({})], { calls })).toMatch(
      /^the 1st call of scout \(scout\/1\) was made after commit 1, .*: it never became so$/,
    );
  });
});

describe('messages', () => {
  const desk = recordOf('bot/desk', { kind: 'bot' });
  const low = mailOf(desk, 1, 2, messageOf('low', { priority: 2 }));
  const urgent = mailOf(desk, 2, 9, messageOf('urgent', { priority: 9 }));
  const waiting = batchOf({ actors: [desk], waiting: [low, urgent] });
  const handing = (...ids: string[]) => ids.map((id) => rowOf(desk, messageOf(id)));

  test('a lower lane is handed over first', () => {
    const early = batchOf({ taken: [1], rows: handing('low') });
    const said = [
      'bot/desk was handed message low of priority 2,',
      'while message urgent of priority 9 waited',
    ].join(' ');
    expect(saidOf(lanes, [waiting, early])).toBe(said);
    const together = { taken: [1, 2], rows: handing('low', 'urgent') };
    expect(saidOf(lanes, [waiting, batchOf(together)])).toBe(said);
    const right = batchOf({ taken: [2, 1], rows: handing('urgent', 'low') });
    expect(saidOf(lanes, [waiting, right])).toBe(undefined);
  });

  test('given 32 that overtook it, then the oldest comes first', () => {
    const many = Array.from({ length: 32 }, (_, nth) => `urgent ${nth}`);
    const rows = many.map((id) => rowOf(desk, messageOf(id, { priority: 9 })));
    const before = batchOf({ rows });
    const early = batchOf({ taken: [1], rows: handing('low') });
    expect(saidOf(lanes, [waiting, before, early])).toBe(undefined);
  });

  test('work sends again', () => {
    const run = recordOf('run/scout/1');
    const from = 'run/scout/1';
    const sent = [{ actor: run.actor, step: '~send/x#1', at: 0, body: 'true' }];
    const [one, two] = ['1', '2'].map((id) => rowOf(desk, messageOf(id, { from })));
    if (one === undefined || two === undefined) throw new RangeError('no rows');
    const first = batchOf({ actors: [run, desk], steps: sent, rows: [one] });
    expect(saidOf(sends, [first, batchOf({ rows: [one] })])).toBe(undefined);
    expect(saidOf(sends, [first, batchOf({ steps: sent, rows: [two] })])).toBe(
      [
        'scout/1 sent note (2) to bot/desk: that is its message number 2, and it recorded 1,',
        'so it sends again what it had sent',
      ].join(' '),
    );
  });

  test('a letter that is delivered again makes no law forget the others', () => {
    const system = recordOf('system', { kind: 'system' });
    const rows = handing('1', '2');
    const dead = ['1', '2'].map((id, at) => letterOf(at + 1, 'bot/desk', messageOf(id)));
    const step = { actor: system.actor, step: '~letter/1', at: 0, body: '{"fate":"redelivered"}' };
    const story = [
      batchOf({ actors: [system, desk], rows }),
      batchOf({ dead }),
      batchOf({ steps: [step] }),
    ];
    expect(saidOf(once, [...story, batchOf({ rows: handing('1') })])).toBe(undefined);
    expect(saidOf(once, [...story, batchOf({ rows: handing('2') })])).toBe(
      'message 2 was handed to bot/desk twice',
    );
    const handled = (id: string) =>
      batchOf({ rows: [rowOf(desk, { type: 'message.handled', id })] });
    expect(saidOf(letters, [...story, handled('1')])).toBe(undefined);
    expect(saidOf(letters, [...story, handled('2')])).toBe(
      'message 2 is handled by bot/desk, and a dead letter too',
    );
  });
});

describe('timers that a machine raises', () => {
  const run = recordOf('run/scout/1');
  const body = '{"type":"run.overdue"}';
  const armed = { actor: run.actor, timer: 'due', generation: 1, arming: 1, due: 1_000, body };
  const story = batchOf({ actors: [run], timersArmed: [armed] });
  const firing = batchOf({
    rows: [rowOf(run, { type: 'run.overdue' })],
    timersCleared: [{ actor: run.actor, timer: 'due' }],
  });

  test('fire once, and are cleared', () => {
    expect(saidOf(timers, [story, firing])).toBe(undefined);
    expect(saidOf(timers, [story, firing, firing])).toBe(
      'run.overdue fired in scout/1, but was not armed',
    );
    expect(saidOf(timers, [story, { ...firing, timersCleared: [] }])).toBe(
      'timer due of scout/1 fired and is still armed',
    );
  });

  test('fire when they are due', () => {
    const early = batchOf({ ...story, timersArmed: [{ ...armed, due: 1_500 }] });
    expect(saidOf(timers, [early, firing])).toBe('run.overdue fired in scout/1 500 ms too early');
  });
});

describe('slots', () => {
  const bot = recordOf('bot/clerk', { kind: 'bot', context: { slots: ['run/clerk/1#1'] } });
  const run = (status: string, slots: number) =>
    recordOf('run/clerk/1', { status, context: { attempts: 0, slots } });

  test('one of a run that waits', () => {
    expect(saidOf(limits, [batchOf({ actors: [bot, run('PENDING', 1)] })])).toBe(
      'bot/clerk still keeps a slot for clerk/1, which is PENDING',
    );
  });

  test('one of a run that has asked for another since', () => {
    expect(saidOf(limits, [batchOf({ actors: [bot, run('ASSIGNED', 2)] })])).toBe(
      'bot/clerk still keeps slot clerk/1#1, though clerk/1 has asked for its 2nd since',
    );
    expect(saidOf(limits, [batchOf({ actors: [bot, run('IN_PROGRESS', 1)] })])).toBe(undefined);
  });
});

describe('people', () => {
  test('a decision is acknowledged and dead', () => {
    const dead = [letterOf(1, 'run/answer/1/release', decision(false))];
    expect(saidOf(acknowledged, [batchOf({ dead })])).toBe(
      [
        "somebody's no to answer/1/release was acknowledged, and is a dead letter (failed):",
        'it counts for nothing',
      ].join(' '),
    );
  });

  test('two are acknowledged, and one is taken', () => {
    const asked = recordOf('run/answer/1/release', { kind: 'approval' });
    const rows = [rowOf(asked, decision(true))];
    const args = ['release', { approve: true }];
    const request = { call: 'run.decide', runId: 'answer/1', args, acknowledgedAt: 1 };
    const story = [batchOf({ actors: [asked], rows }), batchOf({})];
    expect(saidOf(acknowledged, story, { requests: [withRun(request)] })).toBe(undefined);
    const requests = [1, 2].map((nth) => withRun({ ...request, nth }));
    expect(saidOf(acknowledged, story, { requests })).toMatch(
      'but of 2 such decisions only 1 were durable by then',
    );
  });

  const decision = (approve: boolean) => ({ type: 'approval.decide', approve, by: 'ann' });
  /** By the approval's own id. */
  const withRun = <R extends { readonly runId: string }>(request: R) => ({
    ...request,
    runId: undefined,
    args: ['answer/1/release'],
  });
});

test('a sleep that nothing ends, and one that goes on and on', () => {
  const spec = { type: 'sleep', route: 'none' };
  const sleep = recordOf('run/lead/1/nap', { status: 'PENDING', definition: 'lead', spec });
  const story = [batchOf({ actors: [sleep] })];
  expect(saidOf(rest, story)).toBe(
    'lead/1/nap sleeps for ever: nothing is armed that would wake it',
  );
  const timer = { actor: sleep.actor, timer: 'any', generation: 1, arming: 1, due: 500, body: '' };
  const { journal } = sightOf({}, { commits: 1 });
  const seen = { journal: { ...journal, timers: () => [timer] } };
  expect(saidOf(rest, story, { ...seen, now: () => 700 })).toBe(
    'lead/1/nap sleeps for ever: it should have woken 200 ms ago',
  );
  expect(saidOf(rest, story, { ...seen, now: () => 0 })).toMatch(
    /sleeps until 1970-01-01T00:00:00.500Z, .*: if lead sleeps again and again, give its loop/,
  );
});

describe('below', () => {
  const above = recordOf('run/lead/1', { status: 'IN_PROGRESS' });
  const child = recordOf('run/lead/1/x', { parent: 'run/lead/1' });
  const began = batchOf({ actors: [above, child] });
  const word = (type: string) => mailOf(child, 7, 11, { type });

  test('a run that ends takes those below along, or tells them', () => {
    const ended = later(above, { status: 'COMPLETED', done: true });
    const said = [
      'lead/1/x goes on (IN_PROGRESS), though lead/1 above it is COMPLETED,',
      'and nothing tells it so',
    ].join(' ');
    expect(saidOf(below, [began, batchOf({ actors: [ended] })])).toBe(said);
    const tells = batchOf({ actors: [ended], waiting: [word('run.cancel')] });
    expect(saidOf(below, [began, tells])).toBe(undefined);
    const deaf = batchOf({ actors: [later(child, { status: 'ASSIGNED' })], taken: [7] });
    expect(saidOf(below, [began, tells, deaf])).toBe(said.replace('IN_PROGRESS', 'ASSIGNED'));
  });

  test('so does one that is paused', () => {
    const snapshot = '{"value":{"BLOCKED":"paused"},"context":{}}';
    const paused = later(above, { status: 'BLOCKED', snapshot });
    expect(saidOf(below, [began, batchOf({ actors: [paused] })])).toBe(
      'lead/1/x goes on (IN_PROGRESS), though lead/1 above it is paused, and nothing tells it so',
    );
    const rests = '{"value":{"BLOCKED":"paused"},"context":{"isPausedAbove":true}}';
    const resting = later(child, { status: 'BLOCKED', snapshot: rests });
    expect(saidOf(below, [began, batchOf({ actors: [paused, resting] })])).toBe(undefined);
  });
});
