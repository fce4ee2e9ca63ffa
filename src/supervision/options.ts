/**
 * Options of supervisors and children, as users write them, and the specs that come of them.
 * Everything is checked before anything happens; each field that does not fit is named.
 */
import { z } from 'zod';
import {
  AutoShutdown,
  type ChildSpec,
  checkId,
  checkOptions,
  type Definition,
  Duration,
  definitionOf,
  durationMs,
  type Json,
  limits,
  RestartType,
  type Runnable,
  Strategy,
  type SupervisionSpec,
  troupeError,
} from '../protocol/index.ts';

const oneOf = (values: readonly string[]): string => `must be one of ${values.join(', ')}`;

const fromZero = 'must be a whole number of at least 0';

const Intensity = z.strictObject({
  /** Restarts within the window; the next one makes the supervisor give up (default 1). */
  max: z.int(fromZero).min(0, fromZero).optional(),
  /** The window, in whole seconds (default 5 s). */
  within: Duration.optional(),
});

const BackoffOption = z.strictObject({
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

const Template = z.strictObject(templateFields);
const ChildFields = z.strictObject({ id: z.unknown().optional(), ...templateFields });

const supervisionFields = {
  strategy: z.enum(Strategy.options, oneOf(Strategy.options)).optional(),
  intensity: Intensity.optional(),
  autoShutdown: z.enum(AutoShutdown.options, oneOf(AutoShutdown.options)).optional(),
  children: z.array(z.unknown(), 'must be an array of children').optional(),
  template: z.unknown().optional(),
};

const Supervision = z.strictObject(supervisionFields);
const RootFields = z.strictObject({ id: z.unknown().optional(), ...supervisionFields });

/** How a child is made and dealt with, but for its name. */
export interface ChildTemplate {
  /** What is run. A nested supervisor has `supervisor` instead. */
  readonly work?: Runnable | undefined;
  readonly input?: unknown;
  /** `title`, `priority`, `retry` and `timeout` of its runs. */
  readonly options?: object | undefined;
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

/** A child. */
export interface ChildOptions extends ChildTemplate {
  /** Names it in its supervisor, and its run: `run/<definition>/<id>`. */
  readonly id: string;
}

/** Options of `troupe.supervise`. */
export interface SuperviseOptions {
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
  readonly children?: readonly ChildOptions[] | undefined;
  /** What the members of a pool (`simple-one-for-one`) are made of. */
  readonly template?: ChildTemplate | undefined;
}

/** What supervision asks of definitions. */
export interface DefinitionPorts {
  /** Whether it can be run. @throws TroupeError `NOT_REGISTERED`, `BAD_OPTION`. */
  checkWork(work: Definition): void;
  /** @throws TroupeError `NOT_JSON`, `TOO_LARGE`, `INVALID`, `SCHEMA_ASYNC`. */
  checkInput(work: Definition, input: unknown): Json | undefined;
  /** Options of a run. @throws TroupeError `BAD_OPTION`. */
  checkRunOptions(options: unknown, work: Definition): object;
}

/** Where a child stands: what its errors name, and what its supervisor allows. */
export interface ChildPlace {
  readonly where: string;
  readonly autoShutdown: AutoShutdown;
  readonly isPool?: boolean;
}

/** The id that a user gave a supervisor. @throws TroupeError `BAD_OPTION`, `BAD_ID`. */
export function checkRoot(given: unknown): { id: string | undefined; rest: object } {
  const { id, ...rest } = checkOptions(RootFields, given ?? {}, 'supervise');
  return { id: id === undefined ? undefined : checkId(id, 'id of the supervisor'), rest };
}

/**
 * What a supervisor decides by.
 * @throws TroupeError `BAD_OPTION`, `BAD_ID`, and what children's work and input are refused with.
 */
export function checkSupervision(
  given: unknown,
  where: string,
  ports: DefinitionPorts,
): SupervisionSpec {
  const options = checkOptions(Supervision, given, where);
  const { strategy = 'one-for-one', autoShutdown = 'never', template } = options;
  const isPool = strategy === 'simple-one-for-one';
  const givenChildren = options.children ?? [];
  if (isPool && givenChildren.length > 0) {
    throw bad(where, 'children', 'must be empty: a pool has a template and starts with no member');
  }
  if (isPool !== (template !== undefined)) {
    const problem = isPool
      ? 'is missing: a pool needs exactly one'
      : 'is for simple-one-for-one only';
    throw bad(where, 'template', problem);
  }
  const children = givenChildren.map((child, index) =>
    checkChild(child, { where: `${where}: children[${index}]`, autoShutdown }, ports),
  );
  checkDistinct(children, where);
  const place = { where: `${where}: template`, autoShutdown, isPool };
  return {
    strategy,
    autoShutdown,
    ...intensityOf(options.intensity, where),
    children,
    template: isPool ? checkTemplate(template, '', place, ports) : null,
  };
}

/** A child's spec. @throws as `checkSupervision` does. */
export function checkChild(given: unknown, place: ChildPlace, ports: DefinitionPorts): ChildSpec {
  const { id, ...rest } = checkOptions(ChildFields, given, place.where);
  return checkTemplate(rest, checkId(id, `id of ${place.where}`), place, ports);
}

function checkTemplate(
  given: unknown,
  id: string,
  place: ChildPlace,
  ports: DefinitionPorts,
): ChildSpec {
  const options = checkOptions(Template, given, place.where);
  const { restart = 'permanent', significant = false, shutdown, backoff } = options;
  checkSignificant(significant, restart, place);
  const made = startOf(options, place, ports);
  const stop = shutdown ?? (made.type === 'supervisor' ? 'infinity' : defaultShutdownMs);
  return {
    id,
    type: made.type,
    restart,
    significant,
    shutdown: stop === 'brutal' || stop === 'infinity' ? stop : durationMs(stop),
    resumeFrom: resumeFrom(options.resumeFrom, made.isMachine, place.where),
    backoff: backoff === undefined ? null : backoffOf(backoff),
    start: made.start,
  };
}

/** As OTP has it for workers. */
const defaultShutdownMs = 5_000;

interface Made {
  readonly type: ChildSpec['type'];
  readonly isMachine: boolean;
  readonly start: unknown;
}

function startOf(
  options: z.infer<typeof Template>,
  place: ChildPlace,
  ports: DefinitionPorts,
): Made {
  const { where } = place;
  const { work, input, supervisor } = options;
  if (supervisor !== undefined) {
    for (const field of ['work', 'input', 'options'] as const) {
      if (options[field] !== undefined) throw bad(where, field, 'is no option beside supervisor');
    }
    if (place.isPool === true) throw bad(where, 'supervisor', 'is no option of a pool');
    const start = checkSupervision(supervisor, `${where}.supervisor`, ports);
    return { type: 'supervisor', isMachine: false, start };
  }
  const definition = definitionOf(work);
  if (definition === undefined) {
    throw bad(where, 'work', 'must be a definition or a machine; or give a supervisor instead');
  }
  ports.checkWork(definition);
  // The members of a pool bring their own input.
  const isLater = place.isPool === true && input === undefined;
  const start = {
    definition: definition.id,
    version: definition.version,
    options: ports.checkRunOptions(options.options, definition),
  };
  const checked = isLater ? undefined : ports.checkInput(definition, input);
  const isMachine = definition.kind === 'machine';
  return {
    type: 'worker',
    isMachine,
    start: checked === undefined ? start : { ...start, input: checked },
  };
}

/** It must be able to end for good, and its end must mean something. */
function checkSignificant(significant: boolean, restart: RestartType, place: ChildPlace): void {
  if (!significant) return;
  if (restart === 'permanent') {
    throw bad(place.where, 'significant', 'is no option of a permanent child, which never ends');
  }
  if (place.autoShutdown === 'never') {
    throw bad(place.where, 'significant', 'means nothing while autoShutdown is never');
  }
}

function resumeFrom(
  given: ChildSpec['resumeFrom'] | undefined,
  isMachine: boolean,
  where: string,
): ChildSpec['resumeFrom'] {
  if (isMachine) return given ?? 'snapshot';
  if (given !== 'snapshot') return 'input';
  throw bad(where, 'resumeFrom', "must be 'input': only a machine has a state to go on from");
}

function checkDistinct(children: readonly ChildSpec[], where: string): void {
  const seen = new Set<string>();
  for (const [index, { id }] of children.entries()) {
    if (seen.has(id)) throw bad(where, `children[${index}].id`, `is taken: ${id} is there twice`);
    seen.add(id);
  }
}

function intensityOf(
  given: z.infer<typeof Intensity> | undefined,
  where: string,
): Pick<SupervisionSpec, 'intensity' | 'periodSeconds'> {
  const { max = 1, within = 5_000 } = given ?? {};
  const periodSeconds = durationMs(within) / 1_000;
  if (!Number.isInteger(periodSeconds) || periodSeconds < 1) {
    throw bad(where, 'intensity.within', 'must be whole seconds, at least 1');
  }
  return { intensity: max, periodSeconds };
}

const backoffOf = ({ initial, max }: z.infer<typeof BackoffOption>): ChildSpec['backoff'] => ({
  backoffMs: durationMs(initial),
  backoffMsMax: durationMs(max ?? limits.backoffMsMax),
});

const bad = (where: string, field: string, problem: string) =>
  troupeError('BAD_OPTION', { where, field, problem });
