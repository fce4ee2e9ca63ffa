/**
 * Capabilities: the short form and the long form say the same, and nothing else is let in.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { capabilityText, parseCapability } from '../../src/bots/index.ts';
import { refusal } from '../refusal.ts';

test.each([
  ['', 'name'],
  ['@1.0.0', 'name'],
  ['web search', 'name'],
  ['web-search@', 'version'],
  ['web-search@1', 'version'],
  ['web-search@1.2', 'version'],
  ['web-search@01.2.3', 'version'],
  ['web-search@1.2.3-01', 'version'],
  ['web-search@1.2.3-', 'version'],
  ['web-search@^1.2.3', 'version'],
  ['a@b@1.0.0', 'version'],
  [{ name: 'a b' }, 'name'],
  [{ name: 'a', version: 'latest' }, 'version'],
  [{ name: 'a', priority: 11 }, 'priority'],
  [{ name: 'a', priority: -1 }, 'priority'],
  [{ name: 'a', metadata: [] }, 'metadata'],
  [{ name: 'a', prio: 1 }, 'prio'],
  [{ version: '1.0.0' }, 'name'],
  [null, 'options'],
  [5, 'options'],
])('%j is refused by %s', (given, field) => {
  expect(refusal(() => Reflect.apply(parseCapability, undefined, [given, 'here']))).toMatchObject({
    code: 'BAD_OPTION',
    where: 'here',
    field,
  });
});

test('metadata that is no JSON is refused with its path', () => {
  const given = { name: 'a', metadata: { since: new Date(0) } };
  expect(refusal(() => parseCapability(given))).toMatchObject({ code: 'NOT_JSON', path: '.since' });
});

test('a name alone is version 1.0.0 of priority 5', () => {
  expect(parseCapability('web-search')).toEqual({
    name: 'web-search',
    version: '1.0.0',
    priority: 5,
  });
});

const name = fc.stringMatching(/^[^\s@]{1,20}$/);
const number = fc.nat(999).map(String);
const identifier = fc.constantFrom('alpha', 'x-1', '0', '7', 'rc', '0a');
const tags = (mark: string) =>
  fc
    .array(identifier, { maxLength: 3 })
    .map((parts) => (parts.length === 0 ? '' : `${mark}${parts.join('.')}`));
const version = fc
  .tuple(fc.tuple(number, number, number), tags('-'), tags('+'))
  .map(([core, pre, build]) => `${core.join('.')}${pre}${build}`);

test('property: the text of a capability parses back to it', () => {
  fc.assert(
    fc.property(name, version, (name, version) => {
      const capability = parseCapability({ name, version });
      expect(capability).toEqual({ name, version, priority: 5 });
      expect(parseCapability(capabilityText(capability))).toEqual(capability);
    }),
  );
});

test('property: any text is a capability whose text is stable, or refused', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      let parsed: ReturnType<typeof parseCapability>;
      try {
        parsed = parseCapability(text);
      } catch {
        expect(refusal(() => parseCapability(text)).code).toBe('BAD_OPTION');
        return;
      }
      expect([text, `${text}@1.0.0`]).toContain(capabilityText(parsed));
    }),
  );
});
