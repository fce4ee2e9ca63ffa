/**
 * Supervisor: who starts, watches, restarts and stops children. Its spec and what can happen to it.
 */
import { z } from 'zod';
import { type Address, asAddress, checkId, runAddress, segmentsOf } from './ids.ts';
import { limits } from './limits.ts';
import { Failure } from './outcome.ts';
import { Settlement } from './task.ts';

/** Who is restarted, beside a child that failed. */
export const Strategy = z.enum([
  'one-for-one',
  'one-for-all',
  'rest-for-one',
  'simple-one-for-one',
]);
export type Strategy = z.infer<typeof Strategy>;

/** Whether a child that ended is restarted: always, when it failed, never. */
export const RestartType = z.enum(['permanent', 'transient', 'temporary']);
export type RestartType = z.infer<typeof RestartType>;

/** Whether the end of significant children ends the supervisor. */
export const AutoShutdown = z.enum(['never', 'any-significant', 'all-significant']);
export type AutoShutdown = z.infer<typeof AutoShutdown>;

/** The growing pause before a restart. */
export const Backoff = z.strictObject({
  backoffMs: z.number().min(0).max(limits.durationMs),
  backoffMsMax: z.number().min(0).max(limits.durationMs),
});
export type Backoff = z.infer<typeof Backoff>;

/** A child: what is started, and what is done when it ends. */
export const ChildSpec = z.strictObject({
  id: z.string(),
  type: z.enum(['worker', 'supervisor']),
  restart: RestartType,
  /** Milliseconds that it has to stop; `brutal`: it is killed at once; `infinity`: no limit. */
  shutdown: z.union([z.number().min(0).max(limits.durationMs), z.enum(['brutal', 'infinity'])]),
  significant: z.boolean(),
  /** What a restart goes on from. */
  resumeFrom: z.enum(['input', 'snapshot']),
  backoff: Backoff.nullable(),
  /** What is started; only who starts it reads it. */
  start: z.unknown(),
});
export type ChildSpec = z.infer<typeof ChildSpec>;

/** What a supervisor decides by, whoever it is. */
export const SupervisionSpec = z.strictObject({
  strategy: Strategy,
  /** Restarts that it takes within the period; the next one makes it give up. */
  intensity: z.int().min(0),
  periodSeconds: z.int().min(1),
  autoShutdown: AutoShutdown,
  /** In the order in which they are started. */
  children: z.array(ChildSpec),
  /** What the members of a pool are made of; null for every other strategy. */
  template: ChildSpec.nullable(),
});
export type SupervisionSpec = z.infer<typeof SupervisionSpec>;

/** A supervisor's spec; written anew each time that its own supervisor starts it. */
export const SupervisorSpec = SupervisionSpec.extend({
  /** Its own address. */
  supervisor: z.string(),
  createdBy: z.string(),
  createdAt: z.int(),
  /** Its own supervisor, its id there, and which start of it this is. */
  above: z
    .strictObject({ supervisor: z.string(), child: z.string(), start: z.int().min(1) })
    .nullable(),
});
export type SupervisorSpec = z.infer<typeof SupervisorSpec>;

const at = z.int();
const child = z.string();
/** Names a call, so that its answer finds the caller. */
const call = z.string();
/** Which start of the child it is about. */
const start = z.int();

/** What can happen to a supervisor. */
export const SupervisorEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('supervised.started'),
    at,
    child,
    start,
    /** Its address, when that is not the one of its first start. */
    run: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('supervised.ignored'), at, child, start }),
  z.strictObject({ type: z.literal('supervised.failed'), at, child, start, error: Failure }),
  /** A child ended; the last segment of its address tells its id. */
  z.strictObject({
    type: z.literal('dependency.settled'),
    at,
    run: z.string(),
    outcome: Settlement,
  }),
  /** A turn of the child threw: its message is a dead letter, its state is as it was. */
  z.strictObject({ type: z.literal('child.poisoned'), at, run: z.string(), detail: z.string() }),
  /** It said to itself that a start failed. */
  z.strictObject({ type: z.literal('supervisor.retry'), at, child, start }),
  z.strictObject({ type: z.literal('supervisor.alarm'), at }),
  z.strictObject({ type: z.literal('supervisor.start'), at, call, child: ChildSpec }),
  /** A pool starts a member with this input. */
  z.strictObject({
    type: z.literal('supervisor.add'),
    at,
    call,
    child,
    input: z.unknown().optional(),
  }),
  z.strictObject({ type: z.literal('supervisor.restart'), at, call, child }),
  z.strictObject({ type: z.literal('supervisor.terminate'), at, call, child }),
  /** Stops a member of a pool. */
  z.strictObject({ type: z.literal('supervisor.remove'), at, call, child }),
  z.strictObject({ type: z.literal('supervisor.delete'), at, call, child }),
  z.strictObject({ type: z.literal('supervisor.which'), at, call }),
  z.strictObject({ type: z.literal('supervisor.count'), at, call }),
  z.strictObject({ type: z.literal('supervisor.stop'), at }),
  z.strictObject({ type: z.literal('supervisor.kill'), at }),
  /** Its own supervisor was killed: it stops in order, and has been killed. */
  z.strictObject({ type: z.literal('supervisor.orphan'), at }),
]);
export type SupervisorEvent = z.infer<typeof SupervisorEvent>;

/**
 * The address of a run that takes the place of one that ended: a number behind a sign that no id
 * is encoded to.
 */
export const renewedAddress = (first: Address, number: number): Address =>
  number === 1 ? first : asAddress(`${first}+${number}`);

/**
 * The address of a child's run, by the path to the child: `feeds/north` for the child `north` of
 * `feeds`. In each part of the path `/` and `%` are encoded, so that no two children share one.
 * @throws TroupeError `BAD_ID` when the path is too long for an id.
 */
export function supervisedAddress(supervisor: Address, child: string, definition: string): Address {
  const path = [...segmentsOf(supervisor).slice(1), child].map((part) =>
    part.replaceAll('%', '%25').replaceAll('/', '%2F'),
  );
  const id = path.join('/');
  return runAddress(definition, checkId(id, `path of the child ${child}`));
}

/**
 * The id of a supervised child in its address, whichever run of it that is; a text that is no
 * address of ours names nobody.
 */
export function supervisedId(address: string): string {
  const segment = address.slice(address.lastIndexOf('/') + 1).replace(/\+\d+$/, '');
  try {
    const id = decodeURIComponent(segment);
    if (!address.startsWith('run/')) return id;
    return decodeURIComponent(id.slice(id.lastIndexOf('/') + 1));
  } catch {
    return '';
  }
}
