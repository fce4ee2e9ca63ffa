/** Laws of what is due: steps that should run, messages in time, tries and their pauses. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, handler } from '../../../src/index.ts';
import { givingUp, planEnds } from '../../../src/testing/oracles/due/index.ts';
import { expiry } from '../../../src/testing/oracles/messages/index.ts';
import type { CallRecord } from '../../../src/testing/simulation/index.ts';
import { saidOf } from './doctored.ts';
import { batchOf, later, letterOf, messageOf, recordOf, rowOf } from './doctored-parts.ts';

describe('steps that are due', () => {
  const steps = ['a', 'b', 'c', 'd'].map((name) => ({ name, after: [] }));
  const join = { name: 'z', after: [0, 1, 2, 3] };

  interface Given {
    readonly status?: string;
    readonly value?: unknown;
    /** Its rules, and `last`: what its last step has beside its name. */
    readonly rules?: object;
    readonly last?: object;
    readonly context?: object;
  }

  /** What is said of a workflow of four steps and one behind them, with these letters. */
  function said(progress: string, given: Given = {}): string | undefined {
    const { status = 'IN_PROGRESS', rules, last, context } = given;
    const { value = status === 'IN_PROGRESS' ? { IN_PROGRESS: 'untimed' } : status } = given;
    const spec = { plan: { steps: [...steps, { ...join, ...last }] }, ...rules };
    const run = recordOf('run/mesh/1', {
      kind: 'workflow',
      spec,
      status,
      value,
      done: status !== 'IN_PROGRESS',
      context: { steps: { progress }, ...context },
    });
    return saidOf(planEnds, [batchOf({ actors: [run] })]);
  }

  test('given letters as they follow from each other, then nothing is said', () => {
    expect(said('SSSSW')).toBe(undefined);
    expect(said('CCCSW')).toBe(undefined);
    expect(said('CCCCS')).toBe(undefined);
    expect(said('CCCCC', { status: 'COMPLETED' })).toBe(undefined);
    expect(said('SSWWW', { rules: { concurrency: 2 } })).toBe(undefined);
    const best = { onFailure: 'best-effort' };
    expect(said('FCCCC', { status: 'COMPLETED', rules: best })).toBe(undefined);
    expect(said('FCCCO', { status: 'FAILED' })).toBe(undefined);
    expect(said('CCXCO', { value: { IN_PROGRESS: { stopping: 'waiting' } } })).toBe(undefined);
    expect(said('SSSFW', { status: 'CANCELLED' })).toBe(undefined);
    expect(said('CCSSW', { status: 'COMPLETED', rules: { need: 2 } })).toBe(undefined);
  });

  test('a join of four is omitted', () => {
    expect(said('CCCCO', { status: 'COMPLETED' })).toBe(
      [
        'step z of mesh/1 is OMITTED, though what it waits for ended as it asks:',
        'a COMPLETED, b COMPLETED, c COMPLETED, d COMPLETED',
      ].join(' '),
    );
    const failing = { onFailure: 'best-effort' };
    expect(said('FCCCO', { rules: failing })).toMatch(/OMITTED, though .*: a FAILED/);
    const asked = { runsWhen: { step: 0, is: ['FAILED'] } };
    expect(said('FCCCO', { last: asked })).toMatch(/OMITTED, though .*: a FAILED/);
    expect(said('CCCCO', { last: asked })).toBe(undefined);
  });

  test('one is omitted too early, or without a reason', () => {
    expect(said('CCCSO')).toBe('step z of mesh/1 is OMITTED before d had ended');
    expect(said('OSSSW')).toBe('step a of mesh/1 is OMITTED, though it waits for no other');
  });

  test('one is skipped, and nobody said so, or it has no condition', () => {
    expect(said('KSSSW')).toBe(
      'step a of mesh/1 is SKIPPED, and nobody said that its condition was false',
    );
    const wish = defineWorkflow({ id: 'any' }).step('a', () => 1);
    const spec = { plan: { steps: [{ name: 'a', after: [] }] } };
    const context = { steps: { progress: 'K' } };
    const run = recordOf('run/wish/1', { kind: 'workflow', spec, context });
    const rows = [rowOf(run, { type: 'step.skipped', step: 'a' })];
    const batches = [batchOf({ actors: [run], rows })];
    expect(saidOf(planEnds, batches, { definitions: [wish] })).toBe(
      'step a of wish/1 is SKIPPED, though it has no condition of its own',
    );
    expect(saidOf(planEnds, batches)).toBe(undefined);
  });

  test('one does not begin, though nothing is in its way', () => {
    const late = 'mesh/1 does not begin its step z, though nothing is in its way';
    expect(said('CCCCW')).toBe(late);
    expect(said('CSSCW', { last: { after: [0] }, rules: { concurrency: 2 } })).toBe(undefined);
    const free = { after: [0], isFree: true };
    expect(said('CSSCW', { last: free, rules: { concurrency: 2 } })).toBe(late);
  });

  test('one begins or waits as the budget says', () => {
    const given = { last: { cost: 3 }, rules: { budget: 9 } };
    expect(said('CCCCW', { ...given, context: { cost: 7 } })).toBe(undefined);
    expect(said('CCCCW', { ...given, context: { cost: 2 } })).toMatch(/does not begin its step z/);
    const over = { status: 'FAILED', ...given };
    const error = { code: 'BUDGET_EXCEEDED' };
    expect(said('CCCCW', { ...over, context: { cost: 7, error } })).toBe(undefined);
    expect(said('CCCCW', { ...over, context: { cost: 6, error } })).toBe(
      'mesh/1 FAILED for its budget, though it pays its step z: 3 is left',
    );
  });

  test('one waits that can never begin', () => {
    expect(said('CXCCW', { rules: { onFailure: 'continue' } })).toBe(
      'mesh/1 has its step z waiting, which can never begin: it is to be OMITTED',
    );
  });

  test('a run completes without its steps, or although one failed', () => {
    expect(said('CCCCW', { status: 'COMPLETED' })).toBe(
      'mesh/1 COMPLETED, and its step z did not end',
    );
    expect(said('CCFCO', { status: 'COMPLETED' })).toBe(
      'mesh/1 COMPLETED, though its step c FAILED',
    );
    expect(said('CSSSW', { status: 'COMPLETED', rules: { need: 2 } })).toBe(
      'mesh/1 COMPLETED with 1 results, of 2 that it needs',
    );
  });

  test('a run fails for a step that may, or before the others had ended', () => {
    const context = { error: { code: 'STEP_FAILED' } };
    const best = { onFailure: 'best-effort' };
    expect(said('FCCCC', { status: 'FAILED', context, rules: best })).toBe(
      'mesh/1 FAILED for a step, and none failed that may not',
    );
    const rules = { onFailure: 'continue' };
    expect(said('FCCSW', { status: 'FAILED', context, rules })).toMatch(
      /^mesh\/1 FAILED for a FAILED before its step d had ended: with onFailure continue/,
    );
    expect(said('FCCSW', { status: 'FAILED', context })).toBe(undefined);
  });
});

describe('messages that can come too late', () => {
  const desk = recordOf('bot/desk', { kind: 'bot' });
  const handed = (expiresAt?: number) =>
    batchOf({ actors: [desk], rows: [rowOf(desk, messageOf('m', { expiresAt }))] });
  const dead = (expiresAt: number | undefined, at: number) => {
    const letter = letterOf(1, 'bot/desk', messageOf('m', { expiresAt }));
    return batchOf({ dead: [{ ...letter, reason: 'expired', at }] });
  };

  test('given one in time, one without an end, and a letter of its time, then none', () => {
    for (const batch of [handed(), handed(1_001), dead(1_001, 1_001)]) {
      expect(saidOf(expiry, [batch])).toBe(undefined);
    }
  });

  test('one is handed over too late', () => {
    expect(saidOf(expiry, [handed(1_000)])).toMatch(
      /^message m was handed to bot\/desk 0 ms after/,
    );
    expect(saidOf(expiry, [handed(900)])).toBe(
      [
        'message m was handed to bot/desk 100 ms after it expired:',
        'it should be a dead letter (expired)',
      ].join(' '),
    );
  });

  test('one expires too early, or though it never may', () => {
    expect(saidOf(expiry, [dead(1_001, 1_000)])).toBe(
      'message m to bot/desk is a dead letter (expired) 1 ms before it expires',
    );
    expect(saidOf(expiry, [dead(undefined, 1_000)])).toMatch(/and was never to expire$/);
  });
});

describe('tries', () => {
  const retry = { attempts: 3, backoffMs: 100, backoffMsMax: 150 };
  const run = recordOf('run/scout/1', { spec: { retry }, context: { attempts: 2 } });
  const error = { code: 'OOPS', message: 'it failed', retryable: true };
  const fails = { type: 'task.fail', attempt: 2, error, chance: 0.5 };
  const row = (event: Parameters<typeof rowOf>[1], status: string, at = 1_000) => ({
    ...rowOf(run, event),
    status,
    at,
  });
  const overrun = { type: 'xstate.after.timeLeftMs.task.IN_PROGRESS.timed' };
  const goesOn = { type: 'xstate.after.pauseMs.task.PENDING.backingOff' };
  const said = (rows: readonly ReturnType<typeof row>[], actor = run) =>
    saidOf(givingUp, [batchOf({ actors: [actor], rows: [...rows] })]);

  test('work fails for good too early', () => {
    expect(said([row(fails, 'FAILED')])).toBe(
      'scout/1 failed for good at its 2nd attempt, of 3 that its policy allows, with OOPS',
    );
    expect(said([row(overrun, 'FAILED')])).toBe(
      'scout/1 failed for good at its 2nd attempt, of 3 that its policy allows, with a time-out',
    );
    expect(said([row({ ...fails, attempt: 3 }, 'FAILED')])).toBe(undefined);
    const useless = { ...fails, error: { ...error, retryable: false } };
    expect(said([row(useless, 'FAILED')])).toBe(undefined);
  });

  test('a bot that took it over has tries of its own', () => {
    const context = JSON.stringify({ context: { attempts: 3, attemptsBefore: 2 } });
    const moved = later(run, { snapshot: context });
    expect(said([row({ ...fails, attempt: 3 }, 'FAILED')], moved)).toMatch(/at its 1st attempt/);
  });

  test('work goes on before its pause is over', () => {
    expect(said([row(fails, 'PENDING'), row(goesOn, '', 1_074)])).toBe(
      [
        'scout/1 goes on 1 ms too early:',
        'its policy asks for a pause of 75 ms before the next attempt',
      ].join(' '),
    );
    expect(said([row(fails, 'PENDING'), row(goesOn, '', 1_075)])).toBe(undefined);
    expect(said([row(overrun, 'PENDING'), row(goesOn, '', 1_149)])).toMatch(/a pause of 150 ms/);
  });

  test('a pause that is over otherwise is forgotten', () => {
    const other = row({ type: 'run.pause' }, 'BLOCKED');
    expect(said([row(fails, 'PENDING'), other, row(goesOn, '', 1_001)])).toBe(undefined);
  });

  const desk = defineBot({
    id: 'desk',
    retry: { attempts: 5, backoff: '1s' },
    on: { note: handler(z.string(), () => null) },
  });
  const tries = (pauseMs: number, count: number): Partial<CallRecord>[] =>
    Array.from({ length: count }, (_, n) => ({
      of: 'desk.note',
      kind: 'handler',
      key: 'm',
      attempt: n + 1,
      beganAt: n * pauseMs,
      endedAt: n * pauseMs,
      end: 'failed',
    }));
  const handled = (calls: readonly Partial<CallRecord>[]) => {
    const bot = recordOf('bot/desk', { kind: 'bot' });
    const rows = [rowOf(bot, { type: 'message.failed', id: 'm', error })];
    return saidOf(givingUp, [batchOf({ actors: [bot], rows })], { definitions: [desk], calls });
  };

  test('a handler fails for good too early', () => {
    expect(handled(tries(1, 4))).toBe(
      [
        'desk.note failed for good at its 4th attempt at message m, of 5 that its policy allows,',
        'with OOPS',
      ].join(' '),
    );
    expect(handled(tries(1, 5))).toBe(undefined);
  });

  test('a handler is tried again at once, every time', () => {
    expect(handled(tries(0, 5))).toBe(
      [
        'desk.note is tried again at once, 4 times in a row: its policy asks for a pause of',
        'up to 1000 ms before the second attempt',
      ].join(' '),
    );
  });
});
