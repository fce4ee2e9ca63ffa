/** Each oracle sees its law broken, and says what happened in a sentence that helps. */
import { beforeAll, describe, expect, test } from 'vitest';
import { asAddress } from '../../../src/protocol/index.ts';
import {
  acknowledged,
  keys,
  once,
  recovered,
  timers,
} from '../../../src/testing/oracles/durable/index.ts';
import { conservation, letters, order } from '../../../src/testing/oracles/messages/index.ts';
import {
  below,
  completion,
  dependencies,
  fencing,
  intensity,
  limits,
} from '../../../src/testing/oracles/runs/index.ts';
import { type Doctored, nothing, recordedBy, saidOf, sightOf } from './doctored.ts';
import { watched } from './watched.ts';

let recorded: string;
beforeAll(async () => {
  recorded = JSON.stringify(recordedBy(await watched()));
});

/** The journal of an undisturbed voyage, to be changed. */
const batches = (): Doctored[] => JSON.parse(recorded);

/** The number of an actor. */
const actorOf = (all: readonly Doctored[], address: string): number =>
  all.flatMap(({ actors }) => actors).find((one) => one.address === address)?.actor ?? 0;

/** A batch with a row of an actor, and the index of the row. */
function rowOf(
  all: readonly Doctored[],
  { address, type, nth = 1 }: { address: string; type: string; nth?: number },
): { readonly batch: Doctored; readonly at: number } {
  const actor = actorOf(all, address);
  let left = nth;
  for (const batch of all) {
    for (const [at, row] of batch.rows.entries()) {
      if (row.actor !== actor || row.type !== type) continue;
      left -= 1;
      if (left === 0) return { batch, at };
    }
  }
  throw new RangeError(`no ${type} of ${address}`);
}

/** Replaces a text in all that an actor's records say. */
function rewrite(all: readonly Doctored[], address: string, from: string, to: string): void {
  for (const batch of all) {
    batch.actors = batch.actors.map((one) =>
      one.address === address ? { ...one, snapshot: one.snapshot.replace(from, to) } : one,
    );
  }
}

test('given what really happened, then none says anything', () => {
  const all = [
    acknowledged,
    once,
    completion,
    below,
    dependencies,
    fencing,
    limits,
    order,
    letters,
  ];
  for (const oracle of [...all, conservation, keys]) {
    expect(saidOf(oracle, batches())).toBe(undefined);
  }
});

describe('what was acknowledged', () => {
  test('a run that is not there', () => {
    const requests = [{ runId: 'scout/9', acknowledgedAt: 3 }];
    expect(saidOf(acknowledged, batches(), { requests })).toBe(
      "the scenario's 1st call (start scout/9) was acknowledged, but there is no such run",
    );
  });

  test('a run that was not durable yet', () => {
    const all = batches();
    const made = all.findIndex((one) => one.actors.some(({ address }) => address === 'run/lead/1'));
    const requests = [{ runId: 'lead/1', acknowledgedAt: made }];
    const when = `when it was acknowledged, after commit ${made}`;
    expect(saidOf(acknowledged, all, { requests })).toBe(
      `the scenario's 1st call (start lead/1): the run was not durable ${when}`,
    );
  });

  test('a message that nobody accepted', () => {
    const args = ['desk', { type: 'note', payload: { id: '1' } }];
    const requests = [{ nth: 2, call: 'send', of: 'desk', args, acknowledgedAt: 4 }];
    expect(saidOf(acknowledged, batches(), { requests })).toBe(
      [
        "the scenario's 2nd call (send desk) was acknowledged after commit 4,",
        'but of 1 such messages that were acknowledged by then only 0 are in the journal',
      ].join(' '),
    );
  });

  test('a decision that was never taken', () => {
    const args = ['release', { approve: true, by: 'ann' }];
    const requests = [{ call: 'run.decide', runId: 'lead/1', args, acknowledgedAt: 9 }];
    expect(saidOf(acknowledged, batches(), { requests })).toMatch('but no decision was durable');
  });

  test('a result before the end', () => {
    const requests = [{ call: 'run.result', runId: 'lead/1', acknowledgedAt: 9 }];
    expect(saidOf(acknowledged, batches(), { requests })).toMatch('had not ended durably by then');
  });
});

describe('what is applied', () => {
  test('a message is handed out twice', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'bot/desk', type: 'message' });
    const row = batch.rows[at];
    if (row !== undefined) batch.rows.push(row);
    expect(saidOf(once, all)).toMatch(/^message sim-\S+ was handed to bot\/desk twice$/);
  });

  test('the end of a child run is taken twice', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'run/lead/1', type: 'child.settled' });
    const row = batch.rows[at];
    if (row !== undefined) batch.rows.push(row);
    expect(saidOf(once, all)).toBe('the end of a of lead/1 was taken twice');
  });

  test('a step is recorded again with another result', () => {
    const all = batches();
    const step = all.flatMap(({ steps }) => steps).find((one) => one.step === 'weigh');
    if (step !== undefined) all.at(-1)?.steps.push({ ...step, body: '23' });
    expect(saidOf(once, all)).toBe('step weigh of lead/1 was recorded as 22, and again as 23');
  });

  test('what was recorded is done again', () => {
    const all = batches();
    const commit = all.length;
    const calls = [
      { of: 'lead.weigh', kind: 'step', key: 'lead/1/weigh', nth: 2, commit } as const,
    ];
    expect(saidOf(once, [...all, nothing()], { calls })).toMatch(
      /^lead.weigh was called again \(its 2nd call\), though lead\/1\/weigh was over since/,
    );
  });
});

describe('the course of a run', () => {
  test('it ends twice', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'run/lead/1', type: 'task.complete' });
    const row = batch.rows[at];
    if (row !== undefined) batch.rows.push({ ...row, type: 'run.cancel', status: 'CANCELLED' });
    expect(saidOf(completion, all)).toBe(
      'lead/1 was COMPLETED and became CANCELLED (by run.cancel): a run ends once',
    );
  });

  test('it moves as no run may', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'run/lead/1', type: 'task.assigned' });
    const row = batch.rows[at];
    if (row !== undefined) batch.rows[at] = { ...row, status: 'IN_PROGRESS' };
    expect(saidOf(completion, all)).toBe(
      'lead/1 moved from PENDING to IN_PROGRESS (by task.assigned), which no run may',
    );
  });

  test('what has ended has another result later', () => {
    const all = batches();
    const last = all
      .flatMap(({ actors }) => actors)
      .findLast((one) => one.address === 'run/scout/1');
    if (last !== undefined) {
      all
        .at(-1)
        ?.actors.push({ ...last, snapshot: last.snapshot.replace('"result":91', '"result":1') });
    }
    expect(saidOf(completion, all)).toBe('scout/1 had ended with 91 and has 1 now');
  });

  test('it goes on below what has ended', () => {
    const all = batches();
    for (const batch of all) {
      batch.actors = batch.actors.filter(
        ({ address, done }) => address !== 'run/trunk/1/x' || !done,
      );
    }
    expect(saidOf(below, all)).toMatch(
      /^trunk\/1\/x goes on \([A-Z_]+\), though trunk\/1 above it is CANCELLED, and nothing tells/,
    );
  });

  test('an earlier attempt ends it', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'run/hasty/1', type: 'task.complete' });
    const row = batch.rows[at];
    if (row !== undefined) {
      batch.rows[at] = { ...row, body: row.body.replace('"attempt":2', '"attempt":1') };
    }
    expect(saidOf(fencing, all)).toBe(
      'task.complete of the 1st attempt of hasty/1, of which the 2nd had begun, made it COMPLETED',
    );
  });
});

describe('what waits for others', () => {
  test('a step begins before what it waits for has ended', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'run/mesh/1/both', type: 'init' });
    const early = rowOf(all, { address: 'run/mesh/1/left', type: 'init' }).batch;
    early.rows.push(...batch.rows.splice(at, 1));
    early.actors.push(...batch.actors.filter(({ address }) => address === 'run/mesh/1/both'));
    expect(saidOf(dependencies, all)).toBe(
      'step both of mesh/1 began before left had ended, which it waits for',
    );
  });

  test('a step begins though what it waits for failed', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'run/mesh/1', type: 'child.settled' });
    const row = batch.rows[at];
    if (row !== undefined) {
      batch.rows[at] = { ...row, body: row.body.replace('COMPLETED', 'FAILED') };
    }
    expect(saidOf(dependencies, all)).toBe(
      'mesh/1 has step left as COMPLETED, but its run ended FAILED',
    );
    rewrite(all, 'run/mesh/1', '"progress":"C', '"progress":"F');
    expect(saidOf(dependencies, all)).toBe(
      'step flow of mesh/1 began, though what it waits for did not end as it asks: left FAILED',
    );
  });

  test('a run begins before the run that it waits for', () => {
    const all = batches();
    for (const batch of all) {
      batch.actors = batch.actors.filter(({ address, done }) => address !== 'run/lead/1' || !done);
    }
    expect(saidOf(dependencies, all)).toMatch(
      /^brief\/1 began, but it waits for lead\/1, which is [A-Z_]+$/,
    );
  });

  test('a bot has more than its concurrency', () => {
    const all = batches();
    rewrite(all, 'bot/lead', '"slots":[]', '"slots":["run/x#1","run/y#1"]');
    expect(saidOf(limits, all)).toMatch(
      'bot/lead has 2 runs and messages at once, of 1 that it takes: x#1, y#1',
    );
  });

  test('a workflow has more steps under way than it may', () => {
    const all = batches();
    rewrite(all, 'run/mesh/1', '"progress":"SS', '"progress":"SSS');
    expect(saidOf(limits, all)).toMatch(
      'mesh/1 has 3 steps under way, of 2 that it may: left, right, both',
    );
  });

  test('a slot does not come back', () => {
    const all = batches();
    const last = all.flatMap(({ actors }) => actors).findLast((one) => one.address === 'bot/lead');
    if (last !== undefined) {
      const snapshot = last.snapshot.replace('"slots":[]', '"slots":["run/lead/1#8"]');
      all.at(-1)?.actors.push({ ...last, snapshot });
    }
    expect(saidOf(limits, all)).toBe('bot/lead still keeps a slot for lead/1, which is COMPLETED');
  });
});

describe('messages', () => {
  test('one overtakes another of the same sender', () => {
    const all = batches();
    const asks = [1, 2].map((nth) =>
      rowOf(all, { address: 'bot/desk', type: 'message', nth: nth + 3 }),
    );
    const [first, second] = asks;
    const rows = asks.map(({ batch, at }) => batch.rows[at]);
    const [one, other] = rows;
    if (!first || !second || !one || !other) throw new RangeError('no messages');
    first.batch.rows[first.at] = { ...other, seq: one.seq };
    second.batch.rows[second.at] = { ...one, seq: other.seq };
    expect(saidOf(order, all)).toMatch(
      /^bot\/desk was handed .* before .*, which lead\/1 had sent earlier with the same/,
    );
  });

  test('one leaves its mailbox and is nowhere', () => {
    const all = batches();
    const waiting = all
      .flatMap((batch) => batch.waiting)
      .find(({ body }) => body.includes('"relay"'));
    const taking = all.find(({ taken }) => taken.includes(waiting?.mail ?? 0));
    if (taking !== undefined) {
      taking.rows = taking.rows.filter(({ type }) => type !== 'message');
    }
    expect(saidOf(conservation, all)).toMatch(
      /^message relay \(\S+\) left the mailbox of bot\/desk and is neither in its history/,
    );
  });

  test('a bot forgets one that it was handed', () => {
    const all = batches();
    rewrite(all, 'bot/desk', '"messages":[{', '"messages":[],"other":[{');
    expect(saidOf(conservation, all)).toMatch(
      /^bot\/desk was handed message \S+ and forgot it: it is neither handled nor failed/,
    );
  });

  test('one waits for ever', () => {
    const all = batches();
    const bot = all.flatMap(({ actors }) => actors).find((one) => one.address === 'bot/desk');
    const mail = all.flatMap(({ waiting }) => waiting).find((one) => one.actor === bot?.actor);
    if (bot === undefined || mail === undefined) throw new RangeError('no message waits');
    expect(saidOf(conservation, [{ ...nothing(), actors: [bot], waiting: [mail] }])).toMatch(
      /^message \w+ \(\S+\) waits for bot\/desk and is not taken, though nothing goes on any more$/,
    );
  });

  test('a handler fails for good without a letter', () => {
    const all = batches();
    for (const batch of all) batch.dead = [];
    expect(saidOf(letters, all)).toMatch(
      /^the handler of message \S+ at bot\/desk failed for good, but there is no dead/,
    );
  });

  test('a letter is missing', () => {
    const all = batches();
    for (const batch of all)
      batch.dead = batch.dead.map((one) => ({ ...one, letter: one.letter + 1 }));
    expect(saidOf(letters, all)).toMatch(/^dead letter 2 follows number 0/);
  });

  test('one is dead and handled', () => {
    const all = batches();
    const { batch, at } = rowOf(all, { address: 'bot/desk', type: 'message' });
    const body = batch.rows[at]?.body ?? '';
    const letter = all.flatMap(({ dead }) => dead)[0];
    if (letter !== undefined) {
      batch.dead = [{ ...letter, body, letter: 1 }];
    }
    expect(saidOf(letters, all)).toMatch(/is handled by bot\/desk, and a dead letter too$/);
  });
});

describe('restart intensity', () => {
  const spec = { intensity: 1, periodSeconds: 5 };

  /** A supervisor's record after a commit. */
  function told(at: number, supervision: object, kind = 'supervisor'): Doctored {
    const first = batches().flatMap(({ actors }) => actors)[0];
    if (first === undefined) throw new RangeError('no record');
    const snapshot = JSON.stringify({ value: 'running', context: { supervision } });
    const input = JSON.stringify(spec);
    const record = { ...first, address: asAddress('supervisor/top'), kind, input, snapshot };
    return { ...nothing(at), actors: [record] };
  }

  const children = (starts: number) => [{ id: 'a', starts }];

  test('it counts one too many and goes on', () => {
    const supervision = { restarts: [100, 99], children: children(3), job: null, ended: null };
    expect(saidOf(intensity, [told(100_000, supervision)])).toBe(
      [
        'supervisor/top counts 2 restarts in 5 s, of 1 that are allowed,',
        'and does not give up',
      ].join(' '),
    );
  });

  test('it gives up too early', () => {
    const ended = { why: 'intensity' };
    const supervision = { restarts: [100], children: children(2), job: null, ended };
    expect(saidOf(intensity, [told(100_000, supervision)])).toMatch(/and gave up$/);
  });

  test('it restarts without counting', () => {
    const all = [1, 2, 3, 4].map((starts) =>
      told(100_000 + starts, { restarts: [], children: children(starts), job: null, ended: null }),
    );
    expect(saidOf(intensity, all)).toBe(
      'supervisor/top restarted a 3 times in 5 s, of 1 that are allowed: it must give up',
    );
    const slow = [1, 2, 3, 4].map((starts) => ({
      ...told(100_000 + starts * 6_000, {
        restarts: [],
        children: children(starts),
        job: null,
        ended: null,
      }),
    }));
    expect(saidOf(intensity, slow)).toBe(undefined);
  });
});

describe('keys', () => {
  test('a retry has another key', () => {
    const all = batches();
    const calls = [
      { of: 'scout.check', kind: 'step', key: 'scout/1/check-2', attempt: 2, nth: 2, commit: 20 },
    ] as const;
    expect(saidOf(keys, all, { calls })).toMatch(
      /^the 2nd call of scout.check \(attempt 2\) has the key scout\/1\/check-2, but step/,
    );
  });

  test('two places share one', () => {
    const calls = [
      { of: 'scout.check', kind: 'step', key: 'scout/1/check', commit: 20 },
      { of: 'scout.look', kind: 'step', key: 'scout/1/check', commit: 20 },
    ] as const;
    expect(saidOf(keys, batches(), { calls })).toMatch(
      'scout.check and scout.look share the key scout/1/check: what one did is taken for',
    );
  });
});

describe('timers', () => {
  test('one fires twice', () => {
    const all = batches();
    const type = 'xstate.after.timeLeftMs.task.IN_PROGRESS.timed';
    const { batch, at } = rowOf(all, { address: 'run/hasty/1', type });
    const row = batch.rows[at];
    if (row !== undefined) batch.rows.push(row);
    expect(saidOf(timers, all)).toBe(`${type} fired in hasty/1, but was not armed`);
  });

  test('one fires too early', () => {
    const all = batches();
    for (const batch of all) {
      batch.timersArmed = batch.timersArmed.map((one) => ({ ...one, due: one.due + 5 }));
    }
    expect(saidOf(timers, all)).toMatch(/^xstate.after.\S+ fired in \S+ 5 ms too early$/);
  });

  test('one never fires', () => {
    const all = batches();
    const timer = all.flatMap(({ timersArmed }) => timersArmed)[0];
    if (timer !== undefined) all.at(-1)?.timersArmed.push({ ...timer, due: 10 });
    expect(saidOf(timers, all, { now: () => 30 })).toMatch(
      /^timer \S+ of \S+ was due 20 ms ago and has not fired$/,
    );
  });
});

describe('what is recovered', () => {
  test('is less than what was durable', () => {
    const all = batches();
    const oracle = recovered();
    const sight = sightOf({}, { commits: all.length });
    for (const [index, batch] of all.entries()) {
      expect(oracle.committed?.({ batch, commit: index + 1 }, sight)).toBe(undefined);
    }
    expect(oracle.recovered?.(sight)).toMatch(/^\d+ rows of history were durable, 0 are there$/);
  });

  test('skips numbers', () => {
    const all = batches();
    all[3]?.rows.shift();
    expect(saidOf(recovered, all)).toMatch(/^row \d+ of the history follows row \d+$/);
  });

  test('is done and to be performed again', () => {
    const all = batches();
    for (const batch of all) {
      batch.actors = batch.actors.map((one) => (one.done ? { ...one, active: true } : one));
    }
    expect(saidOf(recovered, all)).toMatch(/ has ended and is to be performed again$/);
  });
});
