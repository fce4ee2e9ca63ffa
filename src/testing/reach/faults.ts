/** Faults: which fault struck which place of which kind, of those that a team has. */
import type { Played } from '../simulation/played.ts';
import { type Fault, type FaultKind, faultKinds } from '../simulation/script.ts';
import type { Counts } from './counts.ts';

/** What of a play tells its fault points. */
export type Struck = Pick<Played, 'calls' | 'requests' | 'struck'>;

/** Counts the faults that struck, and declares the places where faults of these kinds can. */
export function addFaults(kinds: readonly FaultKind[], played: Struck, counts: Counts): void {
  const called = new Set(played.calls.map(({ of }) => of));
  const asked = new Set(played.requests.map(({ call }) => call));
  for (const kind of faultKinds) {
    if (!kinds.includes(kind)) continue;
    for (const place of pointsOf(kind, called, asked)) counts.declare({ ...point, place });
  }
  for (const fault of played.struck) counts.hit({ ...point, place: pointOf(fault, played) });
}

const point = { definition: '', kind: 'fault' } as const;

/** Kinds that strike the call of a place of code, and how. */
const ofCalls: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
  'bot-error': ['bot-error before', 'bot-error after'],
  'slow-bot': ['slow-bot'],
  delay: ['delay'],
  drop: ['drop'],
  malformed: ['malformed'],
};

function pointsOf(
  kind: FaultKind,
  called: ReadonlySet<string>,
  asked: ReadonlySet<string>,
): readonly string[] {
  const names = ofCalls[kind];
  if (names !== undefined) return names.flatMap((name) => [...called].map((of) => `${name} ${of}`));
  if (kind === 'duplicate') return [...asked].map((call) => `duplicate ${call}`);
  return kind === 'crash' ? ['crash before', 'crash after'] : [kind];
}

function pointOf(fault: Fault, { requests }: Struck): string {
  if ('call' in fault) {
    const moment = 'moment' in fault ? ` ${fault.moment}` : '';
    return `${fault.fault}${moment} ${fault.call.of}`;
  }
  if ('request' in fault) {
    const request = requests.find(({ nth }) => nth === fault.request);
    return `duplicate ${request?.call ?? 'call'}`;
  }
  return 'moment' in fault ? `${fault.fault} ${fault.moment}` : fault.fault;
}
