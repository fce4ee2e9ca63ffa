/**
 * `defineBot`: who does it. A bot is declared once, as a frozen value with the types of its input,
 * its result and its messages; the runtime reads it, nothing ever changes it.
 */
import { z } from 'zod';
import {
  type Bot,
  type CallerInput,
  type Capability,
  CountOption,
  checkId,
  checkOptions,
  type Duration,
  definitionCore,
  definitionFields,
  definitionId,
  durationMs,
  type Handler,
  type Handlers,
  type HandoffRequest,
  limits,
  type MailboxOptions,
  PartsFunctionOption,
  PureFunctionOption,
  RecordOption,
  type RetryOptions,
  type Schema,
  type SchemaInput,
  SchemaOption,
  type SchemaOutput,
  TextOption,
  TimeoutOption,
  troupeError,
  WhenFull,
  type WorkContext,
  type WorkInput,
} from '../protocol/index.ts';
import { type CapabilityOptions, capabilityText, parseCapability } from './capability.ts';
import { isHandler } from './handler.ts';

const HandoffsOption = z.union(
  [z.enum(['accept', 'ask']), PureFunctionOption],
  'must be accept, ask or a synchronous function',
);

/** The options of a bot, as they are checked when it is declared. */
export const BotOptions = z.strictObject({
  ...definitionFields,
  output: SchemaOption.optional(),
  name: TextOption.optional(),
  domain: TextOption.optional(),
  specialisations: z.array(TextOption, 'must be an array of texts').optional(),
  capabilities: z.array(z.custom<string | CapabilityOptions>(), 'must be an array').optional(),
  concurrency: CountOption.optional(),
  mailbox: z
    .strictObject(
      { capacity: CountOption.optional(), whenFull: WhenFull.optional() },
      'must be an object with capacity or whenFull',
    )
    .optional(),
  work: PartsFunctionOption.optional(),
  on: RecordOption.optional(),
  heartbeat: TimeoutOption.optional(),
  handoffs: HandoffsOption.optional(),
});

/** The options of a bot. `I` and `O` are its schemas, `Result` is what `work` returns. */
export interface BotOptions<
  I extends Schema | undefined,
  O extends Schema | undefined,
  Result,
  On extends Handlers,
> {
  /** Names the bot: its address, its runs. Unique among definitions of one version. */
  readonly id: string;
  /** Raised when old runs could mean something new under it (default `'1'`). */
  readonly version?: string | undefined;
  /** What people call it (default its id). */
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** The field it works in; tasks can be routed by it. */
  readonly domain?: string | undefined;
  readonly specialisations?: readonly string[] | undefined;
  /** `'web-search'`, `'web-search@1.2.0'`, or with priority and metadata. */
  readonly capabilities?: readonly (string | CapabilityOptions)[] | undefined;
  /** Parallel runs and handlers (default 10). */
  readonly concurrency?: number | undefined;
  /** How many messages may wait, and what happens beyond that (default 10,000, `reject`). */
  readonly mailbox?: MailboxOptions | undefined;
  /** Callers pass what it takes, `work` sees what it gives; without it the input is undefined. */
  readonly input?: I;
  /** Callers get what it gives; `work` returns what it takes. */
  readonly output?: O;
  /**
   * Does the work, as a durable function. A bot without it is external (a person, another system):
   * its runs wait in ASSIGNED and are driven by hand, `run.begin()` and so on. One with handlers
   * and neither `work` nor `input` only handles messages.
   */
  readonly work?: (context: WorkContext<WorkInput<I>>) => Result;
  /** Handlers by message type; `handler(schema)` for those that wait to be received. */
  readonly on?: On;
  /** Attempts and pauses of `work`; `false` is one attempt (default 3 attempts). */
  readonly retry?: RetryOptions | undefined;
  /** Time-out of one attempt (default none). */
  readonly timeout?: Duration | undefined;
  /** Of an external bot: without a sign of life for so long an attempt is lost (default none). */
  readonly heartbeat?: Duration | undefined;
  /**
   * What it says when another bot hands it a task whose input fits: `accept`, `ask` somebody who
   * decides by `troupe.handoffs`, or a function that says yes or no at once (pure). Default:
   * `accept` for a bot with work, `ask` for an external one.
   */
  readonly handoffs?: 'accept' | 'ask' | ((request: HandoffRequest) => boolean) | undefined;
}

/**
 * What `work` may return under an output schema: anything without one. An async generator yields
 * parts and returns the result.
 */
export type Returnable<O> = O extends Schema
  ? SchemaInput<O> | Promise<SchemaInput<O>> | AsyncGenerator<unknown, SchemaInput<O>, never>
  : unknown;

/** What callers get: what the output schema gives, else what `work` returns. */
export type CallerOutput<O, Result> = O extends Schema
  ? SchemaOutput<O>
  : Result extends AsyncGenerator<unknown, infer Returned, never>
    ? Returned
    : Awaited<Result>;

/** What `work` yields; never when it is no generator. */
export type PartsOf<Result> =
  Result extends AsyncGenerator<infer Part, unknown, never> ? Part : never;

/** Handlers of a bot that has none. */
export type NoHandlers = Readonly<Record<never, Handler>>;

/**
 * Declares a bot. The options are checked at once; they are not changed, the bot is frozen.
 * @throws TroupeError `BAD_ID` or `BAD_OPTION` naming the field; `NOT_JSON` for metadata.
 */
export function defineBot<
  I extends Schema | undefined = undefined,
  O extends Schema | undefined = undefined,
  Result extends Returnable<O> = Returnable<O>,
  On extends Handlers = NoHandlers,
>(
  options: BotOptions<I, O, Result, On>,
): Bot<CallerInput<I>, CallerOutput<O, Result>, PartsOf<Result>, On>;
export function defineBot(options: unknown): Bot {
  const id = definitionId(options, 'bot');
  const where = `bot ${id}`;
  const given = checkOptions(BotOptions, options, where);
  const on = handlersOf(given.on ?? {}, where);
  if (given.work !== undefined && given.heartbeat !== undefined) {
    const problem = 'is for bots without work: give it to steps';
    throw troupeError('BAD_OPTION', { where, field: 'heartbeat', problem });
  }
  return Object.freeze({
    kind: 'bot',
    ...definitionCore(id, given, where),
    output: given.output,
    name: given.name ?? id,
    domain: given.domain,
    specialisations: Object.freeze([...(given.specialisations ?? [])]),
    capabilities: capabilitiesOf(given.capabilities ?? [], where),
    concurrency: given.concurrency ?? limits.concurrency,
    ...(given.mailbox === undefined ? {} : { mailbox: Object.freeze(given.mailbox) }),
    ...(given.work === undefined ? {} : { work: given.work }),
    heartbeatMs: given.heartbeat === undefined ? undefined : durationMs(given.heartbeat),
    ...(given.handoffs === undefined ? {} : { handoffs: given.handoffs }),
    on,
  });
}

function capabilitiesOf(
  given: readonly (string | CapabilityOptions)[],
  where: string,
): readonly Capability[] {
  const capabilities = given.map((one, index) =>
    parseCapability(one, `${where}: capabilities[${index}]`),
  );
  const texts = capabilities.map(capabilityText);
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice === undefined) return Object.freeze(capabilities);
  throw troupeError('BAD_OPTION', {
    where,
    field: 'capabilities',
    problem: `names ${twice} twice`,
  });
}

/** The handlers in an object without prototype, so that no inherited name is a message type. */
function handlersOf(given: Readonly<Record<string, unknown>>, where: string): Handlers {
  const on: Record<string, Handler> = Object.create(null);
  for (const [type, one] of Object.entries(given)) {
    const field = `on.${checkId(type, `message type of ${where}`)}`;
    if (type.startsWith('xstate.')) {
      throw troupeError('BAD_OPTION', { where, field, problem: 'is a reserved message type' });
    }
    if (!isHandler(one)) {
      const problem = 'must be made by handler(schema, fn) or handler(schema)';
      throw troupeError('BAD_OPTION', { where, field, problem });
    }
    on[type] = one;
  }
  return Object.freeze(on);
}
