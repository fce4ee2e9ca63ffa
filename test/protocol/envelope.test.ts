/** The envelope: JSON and back without loss, and what is refused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Envelope,
  envelopeVersion,
  equalJson,
  Message,
  messageTypes,
  Priority,
  priorities,
} from '../../src/protocol/index.ts';
import { arbitraryOf } from '../../src/testing/arbitrary/index.ts';

const envelope = {
  version: envelopeVersion,
  id: 'm-1',
  type: 'question',
  from: 'client/1',
  to: 'bot/finder',
  payload: { question: 'why' },
  at: 1_000,
  priority: 5,
  correlationId: 'c-1',
};

test('property: an envelope goes through JSON text and back without loss', () => {
  fc.assert(
    fc.property(arbitraryOf(Envelope), (one) => {
      const back = Envelope.parse(JSON.parse(JSON.stringify(one)));
      expect(back).toEqual(one);
      expect(equalJson(back, one)).toBe(true);
      expect(JSON.stringify(back)).toBe(JSON.stringify(Envelope.parse(one)));
    }),
    { numRuns: 500 },
  );
});

test('property: a message goes through JSON text and back without loss', () => {
  fc.assert(
    fc.property(arbitraryOf(Message), (one) => {
      expect(Message.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
    }),
    { numRuns: 500 },
  );
});

test('given no payload, when an envelope goes through JSON, then it still has none', () => {
  const { payload: _, ...bare } = envelope;
  expect(Envelope.parse(JSON.parse(JSON.stringify({ ...bare, payload: undefined })))).toEqual(bare);
});

test.each([
  ['version', 2],
  ['id', ''],
  ['type', ''],
  ['from', ''],
  ['to', undefined],
  ['at', 1.5],
  ['priority', 11],
  ['priority', -1],
  ['priority', 2.5],
  ['correlationId', undefined],
  ['expiresAt', '5s'],
  ['metadata', []],
  ['colour', 'red'],
])('given an envelope whose %s is %j, when it is parsed, then that is named', (field, value) => {
  const { success, error } = Envelope.safeParse({ ...envelope, [field]: value });
  expect(success).toBe(false);
  expect(JSON.stringify(error?.issues)).toContain(`"${field}"`);
});

test.each([
  ['type', undefined],
  ['type', ''],
  ['priority', 10.5],
  ['correlationId', ''],
  ['conversationId', ''],
  ['responseTo', ''],
  ['from', 'bot/other'],
  ['id', 'm-1'],
])('given a message whose %s is %j, when it is parsed, then it is refused', (field, value) => {
  expect(Message.safeParse({ type: 'question', [field]: value }).success).toBe(false);
});

test('given the names of priorities, when they are used, then more urgent ones are higher', () => {
  const values = Object.values(priorities);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  for (const value of values) expect(Priority.parse(value)).toBe(value);
});

test('given the kinds of messages, when they are listed, then all thirteen are there once', () => {
  expect(new Set(messageTypes).size).toBe(13);
});
