/**
 * A whole audit without a team: every job of one folder in a pool, and the facts.
 */
import {
  availability,
  type Chunk,
  chunksOf,
  type Facts,
  factsOf,
  type Job,
  jobs,
  type Pool,
  type Results,
} from '../../../src/specialists/analysers/index.ts';

/** Audits a folder and gives the facts, and the results that they came from. */
export async function audit(
  pool: Pool,
  path: string,
  options: { readonly bytes?: number } = {},
): Promise<{ facts: Facts; results: Results }> {
  const survey = await pool.run(jobs.survey, { path });
  const chunks = chunksOf(survey, options);
  const all = { root: survey.root, files: chunks.flatMap(({ files }) => files) };
  const each = <Out>(job: Job<Chunk, Out>): Promise<Out[]> =>
    Promise.all(chunks.map((chunk) => pool.run(job, chunk)));
  const [duplication, complexity, leftovers, modules] = await Promise.all([
    pool.run(jobs.duplication, all),
    each(jobs.complexity),
    each(jobs.leftovers),
    each(jobs.modules),
  ]);
  const tools = availability().installed;
  const recheck = await each(jobs.recheck);
  const results = { survey, complexity, leftovers, duplication, modules, recheck, tools };
  return { facts: factsOf(results), results };
}
