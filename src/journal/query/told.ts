/**
 * What the process that answers queries and its owner tell each other. Users see some of it, so
 * nothing here may need the types of `node:sqlite`.
 */
import type { ErrorCode, ErrorData } from '../../protocol/index.ts';

/** A value that a query gives; an integer beyond 2^53 is a bigint, a blob its bytes. */
export type QueryValue = string | number | bigint | null | Uint8Array;

/** The answer: names of columns, and rows with the values in their order. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
}

/** What the process says: that it is ready, once; then an answer to each query, or an error. */
export type Reply =
  | { readonly type: 'ready' }
  | (Replied & {
      /** It answers nothing after that. */
      readonly isLast: boolean;
    });

/** What the answering thread says. */
export type Replied =
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'error'; readonly error: ErrorText };

/** An error on its way between processes. */
export type ErrorText<Code extends ErrorCode = ErrorCode> = {
  readonly code: Code;
  readonly data: ErrorData<Code>;
};

/** What the process is started with, as JSON text. */
export interface Setting {
  /** The path of the journal. */
  readonly path: string;
  /** Bytes of memory that it may take. */
  readonly bytesMax: number;
}
