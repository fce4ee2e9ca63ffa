/**
 * Collecting: everything that an audit measures, asked for piece by piece.
 *
 * Who answers is a `Desk`: for the lead its team, as child runs whose results are recorded; later
 * the journal, which answers with what was recorded. One function asks both, so that what is read
 * back is what the lead had.
 */
import type {
  Complexity,
  Duplication,
  Leftovers,
  Modules,
  Recheck,
  Results,
  Survey,
} from '../analysers/index.ts';
import type { FileList, FilesOrder, Page, PageOrder, SurveyOrder } from './orders.ts';
import { allPages, joinedDuplication, joinedSurvey } from './pages.ts';
import { chunkName, type Plan, planOf } from './plan.ts';

/** Answers orders under a name; the same name is the same answer. */
export interface Desk {
  survey(name: string, order: SurveyOrder): Promise<Page<Survey>>;
  complexity(name: string, order: FilesOrder): Promise<Page<Complexity>>;
  leftovers(name: string, order: FilesOrder): Promise<Page<Leftovers>>;
  modules(name: string, order: FilesOrder): Promise<Page<Modules>>;
  duplication(name: string, order: FilesOrder): Promise<Page<Duplication>>;
  recheck(name: string, order: FilesOrder): Promise<Page<Recheck>>;
}

/** Is told how the collecting goes. */
export interface Told {
  /** The survey is there, and with it the plan. */
  readonly planned?: (plan: Plan, survey: Survey) => void;
  /** A piece of work is done, now or before. */
  readonly done?: (name: string) => void;
}

/** What the analysers found, all together. */
export type Collected = Omit<Results, 'tools'>;

/** Asks for everything about a folder. Rejects with the first failure. */
export async function collect(desk: Desk, path: string, told: Told = {}): Promise<Collected> {
  const survey = await collectSurvey(desk, path);
  const plan = planOf(survey);
  told.planned?.(plan, survey);
  told.done?.('survey');
  const one = async <Part>(name: string, asked: Promise<Part[]>): Promise<Part[]> => {
    const parts = await asked;
    told.done?.(name);
    return parts;
  };
  const files = (list: Plan['searched'], order: PageOrder): FilesOrder => ({
    root: plan.root,
    files: list,
    ...order,
  });
  const search = one(
    'duplication',
    allPages('duplication', (step, order) => desk.duplication(step, files(plan.searched, order))),
  );
  const split = async <Part>(
    lists: readonly FileList[],
    nameOf: (index: number) => string,
    ask: (step: string, order: FilesOrder) => Promise<Page<Part>>,
  ): Promise<Part[]> => {
    const asked = lists.map((list, index) => {
      const name = nameOf(index);
      return one(
        name,
        allPages(name, (step, order) => ask(step, files(list, order))),
      );
    });
    return (await Promise.all(asked)).flat();
  };
  const [duplication, complexity, leftovers, modules] = await Promise.all([
    search,
    split(plan.chunks, (index) => chunkName('complexity', index), desk.complexity),
    split(plan.chunks, (index) => chunkName('leftovers', index), desk.leftovers),
    split(plan.chunks, (index) => chunkName('modules', index), desk.modules),
  ]);
  const recheck = await split(plan.rechecked, (index) => chunkName('recheck', index), desk.recheck);
  return {
    survey: { ...survey, skipped: [...survey.skipped] },
    complexity,
    leftovers,
    modules,
    recheck,
    duplication: withUnsearched(joinedDuplication(duplication), plan),
  };
}

/** Asks for the survey of a folder. */
export async function collectSurvey(desk: Pick<Desk, 'survey'>, path: string): Promise<Survey> {
  const ask = (name: string, order: PageOrder) => desk.survey(name, { path, ...order });
  return joinedSurvey(await allPages('survey', ask));
}

function withUnsearched(found: Duplication, { unsearched }: Plan): Duplication {
  return { ...found, skipped: [...found.skipped, ...unsearched] };
}
