/** Schemas by chance: of all that zod has and JSON Schema can say, nested two deep. */
import fc from 'fast-check';
import { z } from 'zod';

const bounds = fc
  .tuple(fc.nat({ max: 6 }), fc.nat({ max: 6 }))
  .map(([min, more]) => ({ min, max: min + more }));

const text: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc.constant(z.string()),
  bounds.map(({ min, max }) => z.string().min(min).max(max)),
  fc.nat({ max: 20 }).map((length) => z.string().length(length)),
  fc.constantFrom<z.ZodType[]>(
    z.email(),
    z.url(),
    z.uuid(),
    z.uuidv7(),
    z.iso.datetime(),
    z.iso.datetime({ offset: true, precision: 3 }),
    z.iso.date(),
    z.iso.time(),
    z.iso.duration(),
    z.ipv4(),
    z.ipv6(),
    z.cidrv4(),
    z.base64(),
    z.jwt(),
    z.cuid(),
    z.cuid2(),
    z.ulid(),
    z.nanoid(),
    z.emoji(),
    z.hostname(),
    z.e164(),
    z.hash('md5'),
  ),
  fc.constantFrom<z.ZodType[]>(
    z.string().startsWith('run/'),
    z.string().endsWith('.ts').min(6),
    z.string().includes('a+b').max(12),
    z.email().endsWith('@example.com'),
    z.url().startsWith('https://'),
    z.string().regex(/^[A-Z]{2,4}-\d+$/),
    z.string().regex(/^(?=.*\d)[a-z\d]{2,}$/),
    z
      .string()
      .regex(/^[a-z]+$/)
      .min(12),
    z.string().trim().toLowerCase(),
    z.templateLiteral(['v', z.number().int()]),
    z.string().refine((value) => value.length % 2 === 0),
  ),
);

const numbers: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc.constantFrom<z.ZodType[]>(z.number(), z.int(), z.int32(), z.float32()),
  bounds.map(({ min, max }) => z.int().min(min).max(max)),
  bounds.map(({ min, max }) =>
    z
      .number()
      .gt(-min)
      .lt(max + 1),
  ),
  fc.constantFrom(3, 7, 0.1, 0.25).map((step) => z.number().multipleOf(step)),
  fc.constantFrom(1e7, -1e9, 1e15).map((min) => z.number().min(min)),
  fc.constant(z.int().refine((value) => value % 3 === 0)),
);

const others: fc.Arbitrary<z.ZodType> = fc.constantFrom<z.ZodType[]>(
  z.boolean(),
  z.null(),
  z.literal('a'),
  z.literal([1, 'b', null]),
  z.enum(['x', 'y', 'z']),
  z.any(),
  z.unknown(),
  z.json(),
  tree(),
);

/** A recursive schema. */
function tree(): z.ZodType {
  const Node = z.object({
    name: z.string(),
    get children() {
      return z.array(Node);
    },
    get next() {
      return Node.nullable().optional();
    },
  });
  return Node;
}

const keys: fc.Arbitrary<z.ZodType<string, string>> = fc.constantFrom<z.ZodType<string, string>[]>(
  z.string(),
  z.enum(['p', 'q']),
  z.string().regex(/^k\d$/),
  z.uuid(),
);

const wrapped = (inner: fc.Arbitrary<z.ZodType>): fc.Arbitrary<z.ZodType> =>
  fc
    .tuple(inner, fc.nat({ max: 6 }))
    .map(([schema, how]) =>
      how === 0
        ? schema.nullable()
        : how === 1
          ? schema.readonly()
          : how === 2
            ? schema.brand('it')
            : how === 3
              ? schema.transform((value) => [value])
              : how === 4
                ? schema.describe('it')
                : how === 5
                  ? z.lazy(() => schema)
                  : schema.catch(null),
    );

const fieldsOf = (inner: fc.Arbitrary<z.ZodType>): fc.Arbitrary<Record<string, z.ZodType>> =>
  fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.oneof(
      inner,
      inner.map((schema) => schema.optional()),
    ),
    { maxKeys: 3, noNullPrototype: true },
  );

const objects = (inner: fc.Arbitrary<z.ZodType>): fc.Arbitrary<z.ZodType> =>
  fc.oneof(
    fieldsOf(inner).map((fields) => z.object(fields)),
    fieldsOf(inner).map((fields) => z.strictObject(fields)),
    fieldsOf(inner).map((fields) => z.looseObject(fields)),
    fc.tuple(fieldsOf(inner), inner).map(([fields, rest]) => z.object(fields).catchall(rest)),
    fc.tuple(keys, inner).map(([key, value]) => z.record(key, value)),
    fc.tuple(keys, inner).map(([key, value]) => z.partialRecord(key, value)),
    fc
      .tuple(fieldsOf(inner), inner)
      .map(([fields, own]) => z.object(fields).and(z.object({ own }))),
    fc
      .tuple(inner, inner)
      .map(([one, other]) =>
        z.object({ own: z.string() }).and(z.union([z.object({ one }), z.object({ other })])),
      ),
    fc
      .tuple(fieldsOf(inner), fieldsOf(inner))
      .map(([one, other]) =>
        z.discriminatedUnion('type', [
          z.object({ ...one, type: z.literal('one') }),
          z.strictObject({ ...other, type: z.enum(['other', 'third']) }),
        ]),
      ),
  );

const arrays = (inner: fc.Arbitrary<z.ZodType>): fc.Arbitrary<z.ZodType> =>
  fc.oneof(
    inner.map((item) => z.array(item)),
    fc.tuple(inner, bounds).map(([item, { min, max }]) => z.array(item).min(min).max(max)),
    fc.tuple(inner, inner).map(([one, other]) => z.tuple([one, other])),
    fc.tuple(inner, inner, inner).map(([one, other, rest]) => z.tuple([one, other], rest)),
    fc.tuple(inner, inner).map(([one, other]) => z.tuple([one, other.optional()])),
    fc.tuple(inner, inner).map(([one, other]) => z.union([one, other])),
  );

const leaves = fc.oneof(text, numbers, others);
const inner = fc.oneof(
  { weight: 3, arbitrary: leaves },
  { weight: 1, arbitrary: wrapped(leaves) },
  { weight: 1, arbitrary: objects(leaves) },
  { weight: 1, arbitrary: arrays(leaves) },
);

/** Schemas of values that JSON can say. */
export const schemas: fc.Arbitrary<z.ZodType> = fc.oneof(
  inner,
  wrapped(inner),
  objects(inner),
  arrays(inner),
);

/** How a counterexample shows a schema. */
export const shownSchema = (schema: z.ZodType): string =>
  JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
