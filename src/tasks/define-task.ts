/**
 * `defineTask`: what is wanted. The runtime finds who does it: a bot by name, by capability, by
 * domain, or by the app's own choice among those there are.
 */
import { z } from 'zod';
import { CapabilityWanted } from '../bots/index.ts';
import {
  type Bot,
  type Candidate,
  checkOptions,
  type Duration,
  definitionCore,
  definitionFields,
  definitionId,
  durationMs,
  type InputOf,
  isBot,
  isDefinition,
  isExternal,
  type OutputOf,
  Priority,
  PureFunctionOption,
  type RetryOptions,
  type Route,
  type Schema,
  type SchemaInput,
  SchemaOption,
  type SchemaOutput,
  type Task,
  TextOption,
  TimeoutOption,
  troupeError,
} from '../protocol/index.ts';

/** The options of a task, as they are checked when it is declared. */
export const TaskOptions = z.strictObject({
  ...definitionFields,
  output: SchemaOption.optional(),
  bot: z.custom<AnyBot>(takesRuns, 'must be a bot that has work or is external').optional(),
  capability: CapabilityWanted.optional(),
  domain: TextOption.optional(),
  choose: PureFunctionOption.optional(),
  priority: Priority.optional(),
  requirements: z.array(TextOption, 'must be an array of texts').optional(),
  constraints: z.array(TextOption, 'must be an array of texts').optional(),
  heartbeat: TimeoutOption.optional(),
});

/** The options of a task. `B` is its bot if it names one, `I` and `O` are its schemas. */
export type TaskOptions<B, I, O> = TaskFields<B, I, O> & TaskRouting<B>;

/** A bot, whatever its types. */
export type AnyBot = Bot<unknown, unknown, unknown>;

interface TaskFields<B, I, O> {
  /** Names the task: its runs. Unique among definitions of one version. */
  readonly id: string;
  /** Raised when old runs could mean something new under it (default `'1'`). */
  readonly version?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /**
   * Callers pass what it takes; the bot gets what it gives, and checks that by its own schema.
   * Without it the input is what the named bot takes; with another routing it is undefined.
   */
  readonly input?: I;
  /** What the bot's result must be; callers get what it gives (default: the bot's, or unknown). */
  readonly output?: OutputFor<B, O>;
  /** Attempts and pauses; `false` is one attempt (default 3 attempts). */
  readonly retry?: RetryOptions | undefined;
  /** Time-out of one attempt (default none). */
  readonly timeout?: Duration | undefined;
  /**
   * When an external bot does it: without a sign of life for so long an attempt is lost (default:
   * the bot's).
   */
  readonly heartbeat?: Duration | undefined;
  /** 0-10, 10 is most urgent (default 5); the options of a run may say otherwise. */
  readonly priority?: number | undefined;
  /** What must hold for the result, for whoever does it and for people. */
  readonly requirements?: readonly string[] | undefined;
  /** What limits the way to it. */
  readonly constraints?: readonly string[] | undefined;
}

/** Exactly one way to find the bot. */
export type TaskRouting<B> =
  | (NoOther<'bot'> & {
      /** This bot does it. */
      readonly bot: B;
    })
  | (NoOther<'capability'> & {
      /** A bot that has it: `'web-search'`, or `'web-search@1.2.0'` for that version or later. */
      readonly capability: string;
    })
  | (NoOther<'domain'> & {
      /** A bot of that domain. */
      readonly domain: string;
    })
  | (NoOther<'choose'> & {
      /** Gives the id of one of the candidates; pure. */
      readonly choose: (candidates: readonly Candidate[]) => string;
    });

type Routing = 'bot' | 'capability' | 'domain' | 'choose';

type NoOther<Given extends Routing> = { readonly [Other in Exclude<Routing, Given>]?: undefined };

/** An input schema that fits: what it gives, the named bot must take. */
export type InputFor<B> = B extends AnyBot ? Schema<unknown, InputOf<B>> : Schema;

/** An output schema that fits: it must take what the named bot gives. */
export type OutputFor<B, O> = B extends AnyBot
  ? unknown extends OutputOf<B>
    ? O
    : [OutputOf<B>] extends [SchemaInput<O>]
      ? O
      : 'this schema does not take what the bot gives'
  : O;

/** What callers pass: as the task's schema says, else as its bot does. */
export type TaskInput<B, I> = I extends Schema
  ? SchemaInput<I>
  : B extends AnyBot
    ? InputOf<B>
    : undefined;

/** What callers get: as the task's schema says, else as its bot does. */
export type TaskOutput<B, O> = O extends Schema
  ? SchemaOutput<O>
  : B extends AnyBot
    ? OutputOf<B>
    : unknown;

/**
 * Declares a task. Its options are checked at once; they are not changed, the task is frozen.
 * @throws TroupeError `BAD_ID` or `BAD_OPTION` naming the field; exactly one of `bot`,
 * `capability`, `domain` and `choose` must be given.
 */
export function defineTask<
  B extends AnyBot | undefined = undefined,
  I extends InputFor<B> | undefined = undefined,
  O extends Schema | undefined = undefined,
>(options: TaskOptions<B, I, O>): Task<TaskInput<B, I>, TaskOutput<B, O>>;
export function defineTask(options: unknown): Task {
  const id = definitionId(options, 'task');
  const where = `task ${id}`;
  const given = checkOptions(TaskOptions, options, where);
  return Object.freeze({
    kind: 'task',
    ...definitionCore(id, given, where),
    output: given.output,
    route: Object.freeze(routeOf(given, where)),
    priority: given.priority,
    heartbeatMs: heartbeatOf(given, where),
    requirements: Object.freeze([...(given.requirements ?? [])]),
    constraints: Object.freeze([...(given.constraints ?? [])]),
  });
}

function routeOf(given: z.infer<typeof TaskOptions>, where: string): Route {
  const { bot, capability, domain, choose } = given;
  const named = Object.entries({ bot, capability, domain, choose }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (named.length > 1) {
    const problem = `can't be given beside ${named[0]}`;
    throw troupeError('BAD_OPTION', { where, field: named[1] ?? '', problem });
  }
  if (bot !== undefined) return { by: 'bot', bot };
  if (capability !== undefined) return { by: 'capability', capability };
  if (domain !== undefined) return { by: 'domain', domain };
  if (choose !== undefined) return { by: 'choose', choose };
  const problem = 'must be given, or capability, domain or choose';
  throw troupeError('BAD_OPTION', { where, field: 'bot', problem });
}

function heartbeatOf({ bot, heartbeat }: z.infer<typeof TaskOptions>, where: string) {
  if (heartbeat === undefined) return undefined;
  if (bot?.work === undefined) return durationMs(heartbeat);
  const problem = 'is for bots without work: give it to steps';
  throw troupeError('BAD_OPTION', { where, field: 'heartbeat', problem });
}

function takesRuns(given: unknown): boolean {
  if (!isDefinition(given) || !isBot(given)) return false;
  return given.work !== undefined || isExternal(given);
}
