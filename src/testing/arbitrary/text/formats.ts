/**
 * Formats: strings that JSON Schema only names. A pattern beside the format says more and is drawn
 * from as well; the schema tells which of them it takes.
 */
import fc from 'fast-check';

const word = fc.stringMatching(/^[a-z]{1,6}$/);
const host = word.map((name) => `${name}.example`);

const encoded = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

const dateTime = fc
  .date({
    noInvalidDate: true,
    min: new Date('2000-01-01T00:00:00Z'),
    max: new Date('2099-12-31T23:59:59Z'),
  })
  .map((date) => date.toISOString());

const bytes = fc.uint8Array({ maxLength: 9 }).map((drawn) => Buffer.from(drawn));
const hex = fc.stringMatching(/^[0-9a-f]{1,4}$/);
const ipv4 = fc.ipV4();
const ipv6 = fc.oneof(
  fc.constant('::1'),
  fc.array(hex, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
);

/** By the name that JSON Schema has for a format. */
const formats: Readonly<Record<string, fc.Arbitrary<string> | undefined>> = {
  email: fc.tuple(word, host).map(([name, at]) => `${name}@${at}`),
  uri: fc.oneof(
    host.map((name) => `https://${name}`),
    fc.tuple(host, word).map(([name, path]) => `https://${name}/${path}`),
    fc.tuple(host, word).map(([name, key]) => `http://${name}/?${key}=1`),
  ),
  hostname: fc.oneof(host, word),
  uuid: fc.uuid(),
  'date-time': dateTime,
  date: dateTime.map((text) => text.slice(0, 10)),
  time: dateTime.map((text) => text.slice(11, 19)),
  duration: fc
    .tuple(fc.constantFrom('', 'T'), fc.nat({ max: 99 }), fc.constantFrom('M', 'D', 'H', 'S'))
    .map(([time, count, unit]) => `P${time}${count}${unit}`),
  ipv4,
  ipv6,
  cidrv4: fc.tuple(ipv4, fc.nat({ max: 32 })).map(([address, bits]) => `${address}/${bits}`),
  cidrv6: fc.tuple(ipv6, fc.nat({ max: 128 })).map(([address, bits]) => `${address}/${bits}`),
  base64: bytes.map((drawn) => drawn.toString('base64')),
  base64url: bytes.map((drawn) => drawn.toString('base64url')),
  emoji: fc.array(fc.constantFrom('👍', '🎉', '🚀'), { minLength: 1, maxLength: 3 }).map(joined),
  jwt: fc
    .tuple(fc.constantFrom('HS256', 'RS256', 'ES256', 'PS256', 'EdDSA', 'HS512'), word)
    .map(([alg, sub]) => `${encoded({ alg, typ: 'JWT' })}.${encoded({ sub })}.c2ln`),
  'json-string': fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value)),
  credit_card: fc.stringMatching(/^4\d{14}$/).map((digits) => digits + checkDigitOf(digits)),
  iban: fc.stringMatching(/^\d{18}$/).map((account) => `DE${checkDigitsOf(account)}${account}`),
  // Of unit strings, whose case says it.
  lowercase: word,
  uppercase: word.map((text) => text.toUpperCase()),
};

/** Strings of a format; undefined: the format is not known, or says nothing. */
export function formatted(
  format: string | undefined,
  lengthMin: number,
): fc.Arbitrary<string> | undefined {
  if (format === undefined || !Object.hasOwn(formats, format)) return undefined;
  const longer = Object.hasOwn(lengthened, format) ? lengthened[format] : undefined;
  if (lengthMin === 0 || longer === undefined) return formats[format];
  return formats[format]?.map((text) =>
    longer(text, 'a'.repeat(Math.max(0, lengthMin - text.length))),
  );
}

/** Formats of any length, and where letters may be added. */
const lengthened: Readonly<Record<string, ((text: string, more: string) => string) | undefined>> = {
  email: (text, more) => more + text,
  uri: (text, more) => text + more,
  hostname: (text, more) => more + text,
};

function joined(parts: readonly string[]): string {
  return parts.join('');
}

/** The digit with which a card number passes Luhn's test. */
function checkDigitOf(digits: string): string {
  const doubled = [...digits]
    .reverse()
    .map((digit, index) => Number(digit) * (index % 2 === 0 ? 2 : 1));
  const sum = doubled.reduce((total, one) => total + (one > 9 ? one - 9 : one), 0);
  return String((10 - (sum % 10)) % 10);
}

/** The digits of a German account's IBAN that pass the test modulo 97 (ISO 7064). */
function checkDigitsOf(account: string): string {
  return String(98n - (BigInt(`${account}131400`) % 97n)).padStart(2, '0');
}
