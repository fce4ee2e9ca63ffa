/**
 * Specs: what comes of the options of supervisors and children. Everything is checked before
 * anything happens; each field that does not fit is named.
 */
import type { z } from 'zod';
import {
  type AutoShutdown,
  type ChildSpec,
  checkId,
  checkOptions,
  type Definition,
  definitionOf,
  durationMs,
  type Json,
  limits,
  type RestartType,
  type SupervisionSpec,
  troupeError,
} from '../protocol/index.ts';
import {
  type BackoffOption,
  ChildFields,
  type Intensity,
  RootFields,
  Supervision,
  Template,
} from './options.ts';

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
/** As OTP has it for supervisors; a run without one has its own, `limits.restarts`. */
const defaultIntensity = { max: 1, withinMs: 5_000 };

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
  const { max = defaultIntensity.max, within = defaultIntensity.withinMs } = given ?? {};
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
