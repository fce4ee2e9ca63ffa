/** What is found, in words: what code does, why no run repeats it, and the remedy. */
import type { Surprise } from './surprises/index.ts';

const OUTSIDE = {
  time: {
    does: (name: string) => `it reads the time (${name}) outside of a step`,
    so: 'and reads another when it runs again: read it in a step',
  },
  chance: {
    does: (name: string) => `it draws chance (${name}) outside of a step`,
    so: 'and draws another when it runs again: draw it in a step',
  },
  timer: {
    does: (name: string) => `it sets a timer (${name}) outside of a step`,
    so: 'which no restart knows of: use sleep, or wait in a step',
  },
  world: {
    does: (name: string) => `it does real I/O (${name}) outside of a step`,
    so: 'and does it again when it runs again: do it in a step, and stub the step',
  },
} as const;

/** What code does outside of a step that it may only do in one. */
export function outsideWords({ kind, name, subject }: Surprise): string {
  const { does, so } = OUTSIDE[kind];
  return `${does(withSubject(name, subject))}, ${so}`;
}

/** What code does in a step that no seed repeats. */
export const insideWords = ({ name, subject }: Surprise): string =>
  `it does real I/O (${withSubject(name, subject)}), which no seed repeats: stub it`;

/** A function that throws where nobody catches. */
export function threwWords(error: unknown): string {
  const what = shortened(error instanceof Error ? error.message : String(error));
  return `a timer of it throws (${what}), which ends a process: catch it`;
}

/** A function that must be pure and is not. */
export function differsWords(now: string, then: string): string {
  const values = `${shortened(now)} where it had given ${shortened(then)}`;
  return `it gave ${values} for the same: make it a function of what it is given`;
}

/** Where: whose code, and the line of the user's source when it is known. */
export const whereWords = (of: string, line: string | undefined): string =>
  line === undefined ? of : `${of}, at ${line}`;

const SHOWN = 80;

/** A text that fits into a line. */
export const shortened = (text: string): string =>
  text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;

const withSubject = (name: string, subject: string | undefined): string =>
  subject === undefined ? name : `${name} ${shortened(subject)}`;

/** What the process can wait for, by Node's name; others are its own, or the test runner's. */
const RESOURCES: Readonly<Record<string, string>> = {
  FSReqCallback: 'a file',
  FSReqPromise: 'a file',
  TCPSocketWrap: 'a connection',
  TCPConnectWrap: 'a connection',
  TCPServerWrap: 'a server',
  TLSWrap: 'a connection',
  UDPWrap: 'a socket',
  GetAddrInfoReqWrap: 'the address of a host',
  GetNameInfoReqWrap: 'the name of a host',
  QueryReqWrap: 'the address of a host',
  ProcessWrap: 'another process',
  Zlib: 'compression',
  RandomBytesRequest: 'random bytes',
  PBKDF2Request: 'a hash',
  ScryptRequest: 'a hash',
};

/** What the process waits for beyond what it waited for before. */
export function resourceWords(before: readonly string[], now: readonly string[]): string[] {
  const left = [...before];
  const words = now.flatMap((kind) => {
    const known = left.indexOf(kind);
    if (known >= 0) left.splice(known, 1);
    const word = RESOURCES[kind];
    return known >= 0 || word === undefined ? [] : [word];
  });
  return [...new Set(words)];
}

/** `1st`, `2nd`, `3rd`, `4th` ... */
export function ordinal(n: number): string {
  const isTeen = n % 100 > 10 && n % 100 < 14;
  const ending = isTeen ? undefined : ['st', 'nd', 'rd'][(n % 10) - 1];
  return `${n}${ending ?? 'th'}`;
}
