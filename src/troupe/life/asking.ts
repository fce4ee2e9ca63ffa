/** Queries of a running troupe: they are made when the first one is asked, and end with it. */
import { isAbsolute } from 'node:path';
import { openQueries, type Queries } from '../../journal/index.ts';
import { troupeError } from '../../protocol/index.ts';

/** A query as the app wrote it. */
export interface Question {
  readonly sql: string;
  readonly params: unknown;
  readonly options: unknown;
}

/** Queries of a troupe, whichever team runs under it. */
export class Asking {
  #queries: Promise<Queries> | undefined;

  /** Asks the journal at `path`. @throws TroupeError as `troupe.query`. */
  async ask<Row>(path: string, { sql, params, options }: Question): Promise<Row[]> {
    // A journal in a file has the file's own path, all others a name.
    if (!isAbsolute(path)) throw troupeError('QUERY_NO_FILE', { journal: path });
    this.#queries ??= openQueries(path);
    return (await this.#queries).ask(sql, params, options);
  }

  /**
   * Ends what is asked with `reason`; resolves when nothing reads the journal any more. What is
   * asked after that is asked anew.
   */
  async close(reason: unknown): Promise<void> {
    const queries = this.#queries;
    this.#queries = undefined;
    await (await queries)?.close(reason);
  }
}
