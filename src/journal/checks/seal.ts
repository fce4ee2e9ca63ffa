/**
 * The seal of a journal that was closed in order: a digest of the whole database file, which also
 * covers what no row does: pages that are free, the slack of others, the header.
 *
 * The file is read with a descriptor of our own, and closing that drops all locks of this process
 * on it. So it is done only while no log lies beside it: then no connection has it open.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { limits } from '../../protocol/index.ts';
import { stateOf } from '../sqlite/connection.ts';
import { unsealed } from './head.ts';

/** The seal of the closed journal at an absolute path, or why it gets none. */
export function sealOf(path: string): string {
  const size = stateOf(path)?.size;
  if (size === undefined || !isClosed(path)) return unsealed.shared;
  if (size > limits.sealedBytes) return unsealed.large;
  let last = '';
  for (const { digest } of digestOf(path)) last = digest ?? last;
  return `${last}:${size}`;
}

/** Whether a seal is one, and not the reason for there being none. */
export const isSeal = (seal: string): boolean => seal.includes(':');

/** Bytes of the file that was sealed. */
export const sealedBytes = (seal: string): number => Number(seal.split(':')[1]);

/** Whether no log lies beside a file: it is all there is, and no connection has it open. */
export const isClosed = (path: string): boolean => stateOf(`${path}-wal`) === undefined;

/** Reads a file piece by piece; the last one brings the digest. */
export function* digestOf(
  path: string,
): Generator<{ readonly bytes: number; readonly digest?: string }> {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  const fd = openSync(path, 'r');
  try {
    let bytes = 0;
    for (;;) {
      const read = readSync(fd, piece, 0, pieceBytes, bytes);
      if (read === 0) break;
      hash.update(piece.subarray(0, read));
      bytes += read;
      yield { bytes };
    }
    yield { bytes, digest: hash.digest('base64url') };
  } finally {
    closeSync(fd);
  }
}

const pieceBytes = 1 << 20;
