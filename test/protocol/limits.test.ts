/** Limits: defaults, and the few that an app sets. */
import { expect, test } from 'vitest';
import { LimitOptions, limits, withLimits } from '../../src/protocol/index.ts';

test('given no options, when limits are made, then they are the defaults', () => {
  expect(withLimits()).toEqual(limits);
  expect(withLimits({ payloadChars: undefined })).toEqual(limits);
});

test('given options, when limits are made, then they change those and no others', () => {
  expect(withLimits({ payloadChars: 10, graceMs: 0 })).toEqual({
    ...limits,
    payloadChars: 10,
    graceMs: 0,
  });
});

test('given the defaults, when they are read, then each is a whole number above 0', () => {
  for (const value of Object.values(limits)) {
    expect(Number.isSafeInteger(value)).toBe(true);
    expect(value).toBeGreaterThan(0);
  }
});

test('given what an app may set, when it is listed, then each is a limit that exists', () => {
  for (const name of Object.keys(LimitOptions.shape)) expect(limits).toHaveProperty(name);
});

test.each([
  { payloadChars: 0 },
  { mailboxMessages: 1.5 },
  { graceMs: -1 },
  { jsonDepth: 10 },
  { unknown: 1 },
])('given the options %j, when they are checked, then they are refused', (given) => {
  expect(LimitOptions.safeParse(given).success).toBe(false);
});
