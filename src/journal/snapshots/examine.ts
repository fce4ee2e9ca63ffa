/** What is wrong with the copy of a snapshot: every row, the chain and its end, what is missing. */
import { verifyFile } from '../checks/verify.ts';
import { connect } from '../sqlite/connection.ts';
import { contentsOf, headIn, marksIn } from './marks.ts';

/** The first thing that is wrong with the file at an absolute path; undefined when nothing is. */
export async function problemOf(path: string): Promise<string | undefined> {
  const { ok, problems } = await verifyFile(path, {});
  const [first] = problems;
  if (!ok) return `${first?.table} ${first?.key}: ${first?.problem}`;
  const db = connect(path, 'still');
  try {
    const marks = marksIn(db);
    const { seq, hash } = headIn(db);
    if (marks === undefined) return 'it does not say what it is';
    if (seq !== marks.head.seq || hash !== marks.head.hash) {
      return `its history ends at row ${seq}, not at row ${marks.head.seq} as it says`;
    }
    return (await contentsOf(db)) === marks.contents ? undefined : 'rows are missing from it';
  } finally {
    db.close();
  }
}
