/** Options of supervisors and children, as users write them. */
import { z } from 'zod';
import {
  AutoShutdown,
  type ChildOptions,
  Duration,
  type InputOf,
  RestartType,
  type Runnable,
  Strategy,
} from '../protocol/index.ts';

const oneOf = (values: readonly string[]): string => `must be one of ${values.join(', ')}`;

const fromZero = 'must be a whole number of at least 0';

/** How many restarts within which time. */
export const Intensity = z.strictObject({
  /** Restarts within the window; the next one makes the supervisor give up (default 1). */
  max: z.int(fromZero).min(0, fromZero).optional(),
  /** The window, in whole seconds (default 5 s). */
  within: Duration.optional(),
});

/** The growing pause before a restart. */
export const BackoffOption = z.strictObject({
  /** The first pause, doubled with each restart in a row, with full jitter. */
  initial: Duration,
  /** The longest pause (default 30 s); a child that was up for longer begins anew. */
  max: Duration.optional(),
});

const isObject = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

const templateFields = {
  /** What is run; `supervisor` takes its place in a nested supervisor. */
  work: z.custom<Runnable>().optional(),
  input: z.unknown().optional(),
  /** `title`, `priority`, `retry` and `timeout` of its runs. */
  options: z.custom<object>(isObject, 'must be an object').optional(),
  supervisor: z.custom<object>(isObject, 'must be an object').optional(),
  restart: z.enum(RestartType.options, oneOf(RestartType.options)).optional(),
  shutdown: z
    .union(
      [z.literal('brutal'), z.literal('infinity'), Duration],
      "must be a duration, 'brutal' or 'infinity'",
    )
    .optional(),
  significant: z.boolean('must be true or false').optional(),
  resumeFrom: z.enum(['input', 'snapshot'], oneOf(['input', 'snapshot'])).optional(),
  backoff: BackoffOption.optional(),
};

/** A child without its id. */
export const Template = z.strictObject(templateFields);
/** A child. */
export const ChildFields = z.strictObject({ id: z.unknown().optional(), ...templateFields });

const supervisionFields = {
  strategy: z.enum(Strategy.options, oneOf(Strategy.options)).optional(),
  intensity: Intensity.optional(),
  autoShutdown: z.enum(AutoShutdown.options, oneOf(AutoShutdown.options)).optional(),
  children: z.array(z.unknown(), 'must be an array of children').optional(),
  template: z.unknown().optional(),
};

/** A supervisor without its id. */
export const Supervision = z.strictObject(supervisionFields);
/** A supervisor. */
export const RootFields = z.strictObject({ id: z.unknown().optional(), ...supervisionFields });

/** How a child is made and dealt with, but for its name. */
export interface ChildTemplate<Work = Runnable> {
  /** What is run. A nested supervisor has `supervisor` instead. */
  readonly work?: (Work & Runnable) | undefined;
  readonly input?: NoInfer<SupervisedInput<Work>> | undefined;
  /** Options of its runs. */
  readonly options?: ChildOptions | undefined;
  /** A supervisor as a child of this one. */
  readonly supervisor?: Omit<SuperviseOptions, 'id'> | undefined;
  /** Restarted always (default), when it failed, or never. */
  readonly restart?: RestartType | undefined;
  /** How long it may take to stop (default 5 s; `infinity` for supervisors); then it is killed. */
  readonly shutdown?: Duration | 'brutal' | 'infinity' | undefined;
  /** Whether its end can end the supervisor; see `autoShutdown` (default false). */
  readonly significant?: boolean | undefined;
  /** A machine goes on from its `snapshot` (default); all else begins anew from its `input`. */
  readonly resumeFrom?: 'input' | 'snapshot' | undefined;
  /** The growing pause before a restart (default none). */
  readonly backoff?:
    | { readonly initial: Duration; readonly max?: Duration | undefined }
    | undefined;
}

/** The input of a child by its work; of work that is not known here, anything. */
export type SupervisedInput<Work> = Runnable extends Work ? unknown : InputOf<Work>;

/** A child of a supervisor. */
export interface SupervisedChildOptions<Work = Runnable> extends ChildTemplate<Work> {
  /** Names it in its supervisor; its run has the id `<id of the supervisor>/<id>`. */
  readonly id: string;
}

/** The children of a supervisor by their work. */
export type ChildrenOf<Works extends readonly unknown[]> = {
  readonly [Index in keyof Works]: SupervisedChildOptions<Works[Index]>;
};

/** Options of `troupe.supervise`, by the work of the children and that of a pool's members. */
export interface SuperviseOptions<
  Works extends readonly unknown[] = readonly Runnable[],
  Member = Runnable,
> {
  /** Names the supervisor; the same id is the same supervisor (default: a new id). */
  readonly id?: string | undefined;
  /** Who is restarted beside a child that ended (default `one-for-one`: nobody). */
  readonly strategy?: Strategy | undefined;
  /** How many restarts within which whole seconds it takes (default 1 within 5 s). */
  readonly intensity?:
    | { readonly max?: number | undefined; readonly within?: Duration | undefined }
    | undefined;
  /** Whether the end of significant children ends it (default `never`). */
  readonly autoShutdown?: AutoShutdown | undefined;
  /** In the order in which they are started. */
  readonly children?: ChildrenOf<Works> | undefined;
  /** What the members of a pool (`simple-one-for-one`) are made of. */
  readonly template?: ChildTemplate<Member> | undefined;
}
