/**
 * Addresses: the stable, path-like names of actors.
 *
 * `system`, `bot/<id>`, `inbox/<bot id>`, `run/<definition>/<id>`; a child run is its parent's
 * address plus `/<step>`; a handoff is `handoff/<run id>/<number>`, a caller outside
 * `client/<session>`. Each segment is percent-encoded, so that any id can be a segment.
 * Invariant: an address splits back into exactly the segments it was made of.
 */
import { troupeError } from './errors.ts';
import { limits } from './limits.ts';

declare const brand: unique symbol;

/** The stable name of an actor. */
export type Address = string & { readonly [brand]: 'Address' };

/** Reads an address that came from outside or from the journal. */
export function asAddress(text: string): Address {
  return text as Address;
}

/** The address of the system actor, the root of supervision. */
export const systemAddress = asAddress('system');

/** The address of a bot. */
export const botAddress = (id: string): Address => asAddress(`bot/${segment(id)}`);

/** The address of what waits for a bot until somebody takes it. */
export const inboxAddress = (bot: string): Address => asAddress(`inbox/${segment(bot)}`);

/** The address of a run that was started by itself. */
export const runAddress = (definition: string, id: string): Address =>
  asAddress(`run/${segment(definition)}/${segment(id)}`);

/** The address of a run that is a step of another. */
export const childAddress = (parent: Address, step: string): Address =>
  asAddress(`${parent}/${segment(step)}`);

/** The address of a caller outside. */
export const clientAddress = (session: string): Address => asAddress(`client/${segment(session)}`);

/** The segments of an address, decoded. */
export const segmentsOf = (address: Address): string[] =>
  address.split('/').map((part) => decodeURIComponent(part));

/** The id of a run in keys and to users: its address without `run/`. */
export const runIdOf = (address: Address): string =>
  address.startsWith('run/') ? address.slice(4) : address;

/**
 * Checks an id that a user chose.
 * @throws TroupeError `BAD_ID` when it is no text, empty, too long or not well-formed.
 */
export function checkId(id: unknown, what: string): string {
  if (typeof id !== 'string') {
    throw troupeError('BAD_ID', { what, problem: `it is of type ${typeof id}` });
  }
  const problem = idProblem(id);
  if (problem !== undefined) throw troupeError('BAD_ID', { what, problem });
  return id;
}

function idProblem(id: string): string | undefined {
  if (id === '') return 'it is empty';
  if (id.length > limits.idChars) return `it has ${id.length} characters of ${limits.idChars}`;
  return id.isWellFormed() ? undefined : 'it holds a lone surrogate';
}

/** `.` and `..` are encoded too, so that no address reads as a path that climbs. */
function segment(id: string): string {
  if (UNRESERVED.test(id)) return id;
  return /^\.+$/.test(id) ? id.replaceAll('.', '%2E') : encodeURIComponent(id);
}

/** Texts that percent-encoding leaves alone. */
const UNRESERVED = /^[\w!~*'()-]+$/;
