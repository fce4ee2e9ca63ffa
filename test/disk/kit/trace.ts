/** What the preload library wrote down: every change of a folder, in order. See `preload.c`. */
import { troupeError } from '../../../src/protocol/index.ts';

/** One change of the folder. A handle is an opened file, or the folder itself. */
export type Change =
  | {
      readonly type: 'open';
      readonly handle: string;
      readonly isNew: boolean;
      readonly path: string;
    }
  | {
      readonly type: 'write';
      readonly handle: string;
      readonly offset: number;
      readonly bytes: Buffer;
    }
  | { readonly type: 'truncate'; readonly handle: string; readonly size: number }
  | { readonly type: 'sync'; readonly handle: string }
  | { readonly type: 'unlink'; readonly path: string }
  | { readonly type: 'rename'; readonly from: string; readonly to: string };

/** All changes of a trace. What a kill cut off at its end is left out. */
export function changesIn(trace: Buffer): Change[] {
  const changes: Change[] = [];
  let at = 0;
  const line = (): string | undefined => {
    const end = trace.indexOf(10, at);
    if (end < 0) return undefined;
    const text = trace.toString('utf8', at, end);
    at = end + 1;
    return text;
  };
  for (let head = line(); head !== undefined; head = line()) {
    const [type = '', one = '', two = '', three = ''] = head.split(' ');
    if (type === 'open') {
      const path = head.slice([type, one, two, ''].join(' ').length);
      changes.push({ type, handle: one, isNew: two === '1', path });
    } else if (type === 'write') {
      const length = Number(three);
      if (at + length >= trace.length) break;
      const bytes = trace.subarray(at, at + length);
      at += length + 1;
      changes.push({ type, handle: one, offset: Number(two), bytes });
    } else if (type === 'truncate') {
      changes.push({ type, handle: one, size: Number(two) });
    } else if (type === 'sync') {
      changes.push({ type, handle: one });
    } else if (type === 'unlink') {
      changes.push({ type, path: head.slice('unlink '.length) });
    } else if (type === 'rename') {
      changes.push({ type, from: head.slice('rename '.length), to: line() ?? '' });
    } else {
      throw troupeError('BROKEN_INVARIANT', { invariant: 'a trace is read', found: head });
    }
  }
  return changes;
}
