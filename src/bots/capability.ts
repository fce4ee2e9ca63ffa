/**
 * Capabilities: what a bot says it can do, as a name with a semantic version.
 *
 * Users write `'web-search'`, `'web-search@1.2.0'`, or an object with priority and metadata.
 * Grammar of versions: Semantic Versioning 2.0.0 (https://semver.org), build metadata included.
 */
import { z } from 'zod';
import {
  type Capability,
  checkJson,
  checkOptions,
  Priority,
  RecordOption,
  troupeError,
} from '../protocol/index.ts';

/** A capability's name: any text without spaces and `@`. */
export const CapabilityName = z
  .string('must be a text')
  .max(256, 'must have at most 256 characters')
  .regex(/^[^\s@]+$/, 'must be a name without spaces and without @');

const number = '(?:0|[1-9]\\d*)';
const tag = '[0-9A-Za-z-]+';
const preRelease = `(?:${number}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const semver = new RegExp(
  `^${number}\\.${number}\\.${number}` +
    `(?:-${preRelease}(?:\\.${preRelease})*)?(?:\\+${tag}(?:\\.${tag})*)?$`,
);

/** A semantic version such as `1.2.0` or `2.0.0-beta.1`. */
export const CapabilityVersion = z
  .string('must be a text')
  .max(256, 'must have at most 256 characters')
  .regex(semver, 'must be a semantic version such as 1.2.0');

/** A capability as a task wants it: its name, or with the version that is needed at least. */
export const CapabilityWanted = z
  .string('must be a text')
  .refine((given) => isWanted(given.split('@')), "must be like 'web-search' or 'web-search@1.2.0'");

const isWanted = ([name, version, ...more]: readonly string[]): boolean =>
  more.length === 0 &&
  CapabilityName.safeParse(name).success &&
  CapabilityVersion.optional().safeParse(version).success;

/** A capability in its long form. */
export const CapabilityOptions = z.strictObject({
  name: CapabilityName,
  /** Semantic version (default `1.0.0`). */
  version: CapabilityVersion.optional(),
  /** 0-10, higher is preferred (default 5). */
  priority: Priority.optional(),
  /** Any JSON that the app wants to find there again. */
  metadata: RecordOption.optional(),
});
export type CapabilityOptions = z.infer<typeof CapabilityOptions>;

/**
 * The capability that a text or an object describes.
 * @param where names who has it in errors, such as `bot finder: capabilities[0]`.
 * @throws TroupeError `BAD_OPTION` naming the field; `NOT_JSON` for metadata that is not JSON.
 */
export function parseCapability(
  given: string | CapabilityOptions,
  where = 'capability',
): Capability {
  const options = checkOptions(CapabilityOptions, longForm(given, where), where);
  return Object.freeze({
    name: options.name,
    version: options.version ?? '1.0.0',
    priority: options.priority ?? 5,
    ...(options.metadata === undefined ? {} : { metadata: frozenJson(options.metadata, where) }),
  });
}

/** A capability as a text: `name@version`. */
export const capabilityText = (capability: Capability): string =>
  `${capability.name}@${capability.version}`;

/**
 * Whether a version serves who wants another: the same major version, and not before it.
 * A pre-release comes before its release; pre-releases of one version are equal here.
 */
export function isCompatible(offered: string, wanted: string): boolean {
  const [major = 0, ...rest] = numbersOf(offered);
  const [wantedMajor = 0, ...wantedRest] = numbersOf(wanted);
  if (major !== wantedMajor) return false;
  const differing = rest.findIndex((part, index) => part !== wantedRest[index]);
  return differing === -1 || (rest[differing] ?? 0) > (wantedRest[differing] ?? 0);
}

/** Major, minor, patch, and 1 for a release or 0 for a pre-release. */
function numbersOf(version: string): readonly number[] {
  const [release = ''] = version.split('+');
  const [core = '', preRelease] = release.split(/-(.*)/s);
  return [...core.split('.').map(Number), preRelease === undefined ? 1 : 0];
}

function longForm(given: unknown, where: string): unknown {
  if (typeof given !== 'string') return given;
  const at = given.indexOf('@');
  if (at === -1) return { name: given };
  const version = given.slice(at + 1);
  if (CapabilityVersion.safeParse(version).success) return { name: given.slice(0, at), version };
  const problem = `${JSON.stringify(given)} must be like 'web-search' or 'web-search@1.2.0'`;
  throw troupeError('BAD_OPTION', { where, field: 'version', problem });
}

function frozenJson(
  metadata: Readonly<Record<string, unknown>>,
  where: string,
): Readonly<Record<string, unknown>> {
  checkJson(metadata, `metadata of ${where}`);
  return deepFrozen(structuredClone(metadata));
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
}
