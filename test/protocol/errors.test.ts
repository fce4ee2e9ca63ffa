/** The table of errors, and the errors that are made of it. */
import { describe, expect, test } from 'vitest';
import {
  assertNever,
  codedFailure,
  type ErrorCode,
  errorTable,
  type Failure,
  isTroupeError,
  type Outcome,
  RunError,
  TerminalError,
  TroupeError,
  troupeError,
} from '../../src/protocol/index.ts';
import { errorOf } from '../refusal.ts';

const codes = Object.keys(errorTable) as ErrorCode[];
const failure: Failure = { code: 'NO_NETWORK', message: 'no network', retryable: true };
const failed: Outcome = { status: 'FAILED', attempts: 1, elapsedMs: 5, error: failure };
const cancelled: Outcome = { status: 'CANCELLED', attempts: 0, elapsedMs: 5, reason: 'not needed' };

/** Codes that have nothing to tell but themselves. */
const plain: ReadonlySet<ErrorCode> = new Set(['QUERY_ABORTED']);

/** Data for any code: each field holds its own name; notes which fields were asked for. */
function sampleData(asked: Set<string>): never {
  const lists = {
    known: ['<known>'],
    because: ['<because>'],
    bots: ['<bots>'],
    members: ['<members>'],
    skipped: ['<skipped>'],
    cycle: ['<cycle>'],
    views: ['<views>'],
  };
  const special: Readonly<Record<string, unknown>> = {
    ...lists,
    missing: ['<missing>'],
    issues: [{ path: 'a.b', message: '<issues>' }],
  };
  const read = (_: unknown, field: string | symbol) => {
    asked.add(String(field));
    if (field === 'outcome') return failed;
    if (field === 'failure') return failure;
    return special[String(field)] ?? `<${String(field)}>`;
  };
  return new Proxy({}, { get: read }) as never;
}

const shown = (field: string): string =>
  ['outcome', 'failure'].includes(field) ? 'NO_NETWORK' : `<${field}>`;

describe.each(codes)('%s', (code) => {
  test('given its data, when it is thrown, then the message shows them and what to do', () => {
    const asked = new Set<string>();
    const { message } = troupeError(code, sampleData(asked));
    if (!plain.has(code)) expect(asked.size).toBeGreaterThan(0);
    for (const field of asked) expect(message).toContain(shown(field));
    expect(message.endsWith(errorTable[code].remedy)).toBe(true);
    expect(message).not.toMatch(/undefined|\[object|\.\./);
  });

  test('given its entry, when it is read, then it tells what to do and how to answer', () => {
    const { remedy, status, retryable } = errorTable[code];
    expect(remedy).toMatch(/^[A-Z].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(typeof retryable).toBe('boolean');
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  });
});

test('given a failure with a code, then it is what the error says, but for the remedy', () => {
  const data = { run: 'run/flow/f', step: 'one', status: 'FAILED' };
  const { message } = codedFailure('STEP_FAILED', data);
  expect(codedFailure('STEP_FAILED', data)).toEqual({
    code: 'STEP_FAILED',
    message: 'Step one of run/flow/f ended FAILED.',
    retryable: false,
  });
  const error = troupeError('STEP_FAILED', data);
  expect(error.message).toBe(`${message} ${errorTable.STEP_FAILED.remedy}`);
});

test('given an error, when it is caught, then code, data, cause and retryable are there', () => {
  const cause = new Error('disk');
  const error = troupeError('MAILBOX_FULL', { to: 'bot/finder', capacity: 7 }, cause);
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(TroupeError);
  expect(error.name).toBe('TroupeError');
  expect(error).toMatchObject({ code: 'MAILBOX_FULL', retryable: true, cause });
  expect(error.data).toEqual({ to: 'bot/finder', capacity: 7 });
  expect(error.stack).toContain('errors.test');
});

test('given no cause, when an error is made, then it has none', () => {
  expect('cause' in troupeError('UNKNOWN_RUN', { run: 'a' })).toBe(false);
});

test('given any thrown value, when it is asked for its code, then only ours say yes', () => {
  const error = troupeError('UNKNOWN_RUN', { run: 'a' });
  expect(isTroupeError(error)).toBe(true);
  expect(isTroupeError(error, 'UNKNOWN_RUN')).toBe(true);
  expect(isTroupeError(error, 'STOPPED')).toBe(false);
  for (const other of [new Error('x'), { code: 'UNKNOWN_RUN' }, null, undefined, 'UNKNOWN_RUN']) {
    expect(isTroupeError(other)).toBe(false);
  }
});

test('given a failed run, when its error is made, then it has the outcome and the cause', () => {
  const error = new RunError('answer/a-1', failed);
  expect(error).toMatchObject({ name: 'RunError', code: 'RUN_FAILED', outcome: failed });
  expect(error.cause).toEqual(failed.status === 'FAILED' ? failed.error : undefined);
  expect(error.message).toMatch(/^Run answer\/a-1 failed: \[NO_NETWORK\] no network\. /);
  expect(isTroupeError(error, 'RUN_FAILED')).toBe(true);
});

test('given a cancelled run, when its error is made, then it says why', () => {
  const error = new RunError('answer/a-1', cancelled);
  expect(error).toMatchObject({ code: 'RUN_CANCELLED', retryable: false, outcome: cancelled });
  expect(error.message).toMatch(/^Run answer\/a-1 was cancelled: not needed\. /);
  expect('cause' in error).toBe(false);
});

test('given work that gives up, when it throws, then trying again is useless', () => {
  const cause = new Error('404');
  const error = new TerminalError('no such page', { cause });
  expect(error).toMatchObject({ name: 'TerminalError', code: 'TERMINAL', retryable: false, cause });
  expect(error.message).toMatch(/^no such page\. The work said/);
  expect('cause' in new TerminalError('no such page')).toBe(false);
});

test.each(['Is it there?', 'It broke.', 'Stop!', 'and so on…'])(
  'given data that end like %j, when they end the message, then no full stop is added',
  (reason) => {
    expect(new TerminalError(reason).message.startsWith(`${reason} The work`)).toBe(true);
  },
);

test('given a member that no case knows, when it comes, then the invariant is named', () => {
  const error = errorOf(() => assertNever('purple' as never, 'colours are red or blue'));
  expect(error).toMatchObject({
    code: 'BROKEN_INVARIANT',
    data: { invariant: 'colours are red or blue', found: '"purple"' },
  });
});
