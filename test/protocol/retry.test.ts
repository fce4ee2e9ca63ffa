/** Retry options and the policy that comes of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits, RetryOptions, RetryPolicy, retryPolicy } from '../../src/protocol/index.ts';

test('given nothing, when the policy is made, then it has the defaults', () => {
  const expected = { attempts: 3, backoffMs: 200, backoffMsMax: 30_000 };
  expect(retryPolicy(undefined)).toEqual(expected);
  expect(retryPolicy({})).toEqual(expected);
  expect(limits.attempts).toBe(3);
});

test('given false, when the policy is made, then there is one attempt', () => {
  expect(retryPolicy(false)).toMatchObject({ attempts: 1 });
});

test('given durations as texts, when the policy is made, then it has milliseconds', () => {
  expect(retryPolicy({ attempts: 5, backoff: '1s', backoffMax: '2m' })).toEqual({
    attempts: 5,
    backoffMs: 1_000,
    backoffMsMax: 120_000,
  });
});

test('property: what options are accepted make a policy that is plain and accepted', () => {
  const durations = fc.oneof(fc.nat(), fc.constantFrom('5ms', '1.5s', '2d'));
  const fields = { attempts: fc.integer({ min: 1 }), backoff: durations, backoffMax: durations };
  const options = fc.oneof(fc.constant<false>(false), fc.record(fields, { requiredKeys: [] }));
  fc.assert(
    fc.property(options, (given) => {
      const policy = retryPolicy(RetryOptions.parse(given));
      expect(RetryPolicy.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
    }),
  );
});

test.each([
  true,
  { attempts: 0 },
  { attempts: 1.5 },
  { attempts: Infinity },
  { backoff: -1 },
  { backoff: 'soon' },
  { backoffMax: null },
  { retries: 3 },
])('given the options %j, when they are checked, then they are refused', (given) => {
  expect(RetryOptions.safeParse(given).success).toBe(false);
});
