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
import type { FilesOrder, Page, PageOrder, SurveyOrder } from './orders.ts';
import { type AskPage, allPages, joinedDuplication, joinedSurvey } from './pages.ts';
import { type ChunkKind, chunkName, type Fork, type Plan, planOf } from './plan.ts';

/** Answers orders under a name; the same name is the same answer. */
export interface Desk {
  survey(name: string, order: SurveyOrder): Promise<Page<Survey>>;
  /** The first page of everything about the chunks of a fork. */
  measure(fork: Fork, root: string): Promise<Measured>;
  complexity(name: string, order: FilesOrder): Promise<Page<Complexity>>;
  leftovers(name: string, order: FilesOrder): Promise<Page<Leftovers>>;
  modules(name: string, order: FilesOrder): Promise<Page<Modules>>;
  duplication(name: string, order: FilesOrder): Promise<Page<Duplication>>;
  recheck(name: string, order: FilesOrder): Promise<Page<Recheck>>;
}

/** First pages by kind, in the order of the chunks of a fork. */
export interface Measured {
  readonly complexity: readonly Page<Complexity>[];
  readonly leftovers: readonly Page<Leftovers>[];
  readonly modules: readonly Page<Modules>[];
}

/** Is told how the collecting goes. */
export interface Told {
  /** The survey is there, and with it the plan: nothing else begins before this resolves. */
  readonly planned?: (plan: Plan, survey: Survey) => void | Promise<void>;
  /** A piece of work is done, now or before. */
  readonly done?: (name: string) => void;
}

/** What the analysers found, all together. */
export type Collected = Omit<Results, 'tools'>;

/** Asks for everything about a folder. Rejects with the first failure. */
export async function collect(desk: Desk, path: string, told: Told = {}): Promise<Collected> {
  const survey = await collectSurvey(desk, path);
  const plan = planOf(survey);
  const collecting = new Collecting(desk, plan, told);
  const ready = told.planned?.(plan, survey);
  told.done?.('survey');
  await ready;
  const [duplication, { complexity, leftovers, modules }] = await Promise.all([
    collecting.pages('duplication', plan.searched, (name, order) => desk.duplication(name, order)),
    collecting.measured(),
  ]);
  const recheck = await Promise.all(
    plan.rechecked.map((files, index) =>
      collecting.pages(chunkName('recheck', index), files, (name, order) =>
        desk.recheck(name, order),
      ),
    ),
  );
  return {
    survey: { ...survey, skipped: [...survey.skipped] },
    ...{ complexity, leftovers, modules },
    recheck: recheck.flat(),
    duplication: withUnsearched(joinedDuplication(duplication), plan),
  };
}

/** Asks for the survey of a folder. */
export async function collectSurvey(desk: Pick<Desk, 'survey'>, path: string): Promise<Survey> {
  const ask = (name: string, order: PageOrder) => desk.survey(name, { path, ...order });
  return joinedSurvey(await allPages('survey', ask));
}

/** Answers an order for a page of one kind. */
type Ask<Part> = (name: string, order: FilesOrder) => Promise<Page<Part>>;

/** What a plan asks for, put together from pages. */
class Collecting {
  readonly #desk: Desk;
  readonly #plan: Plan;
  readonly #told: Told;

  constructor(desk: Desk, plan: Plan, told: Told) {
    this.#desk = desk;
    this.#plan = plan;
    this.#told = told;
  }

  /** All pages about some files. */
  async pages<Part>(unit: string, files: FilesOrder['files'], ask: Ask<Part>): Promise<Part[]> {
    const order = { root: this.#plan.root, files, unit };
    const parts = await allPages(unit, (name, page) => ask(name, { ...order, ...page }));
    this.#told.done?.(unit);
    return parts;
  }

  /** All that is measured chunk by chunk: the forks side by side. */
  async measured(): Promise<Pick<Collected, ChunkKind>> {
    const desk = this.#desk;
    const forks = await Promise.all(
      this.#plan.forks.map(async (fork) => {
        const first = await desk.measure(fork, this.#plan.root);
        const [complexity, leftovers, modules] = await Promise.all([
          this.#rest('complexity', fork, first.complexity, (...one) => desk.complexity(...one)),
          this.#rest('leftovers', fork, first.leftovers, (...one) => desk.leftovers(...one)),
          this.#rest('modules', fork, first.modules, (...one) => desk.modules(...one)),
        ]);
        return { complexity, leftovers, modules };
      }),
    );
    return {
      complexity: forks.flatMap(({ complexity }) => complexity),
      leftovers: forks.flatMap(({ leftovers }) => leftovers),
      modules: forks.flatMap(({ modules }) => modules),
    };
  }

  /** The pages behind the first one, of the chunks of a fork. */
  async #rest<Part>(
    kind: ChunkKind,
    fork: Fork,
    first: readonly Page<Part>[],
    ask: Ask<Part>,
  ): Promise<Part[]> {
    const { root } = this.#plan;
    const parts = fork.chunks.map(async ({ index, files, chars }, place) => {
      const unit = chunkName(kind, index);
      const known = first[place];
      const askPage: AskPage<Part> = async (name, page) =>
        name === unit && known !== undefined
          ? known
          : ask(name, { ...{ root, files, unit, chars }, ...page });
      const found = await allPages(unit, askPage);
      this.#told.done?.(unit);
      return found;
    });
    return (await Promise.all(parts)).flat();
  }
}

function withUnsearched(found: Duplication, { unsearched }: Plan): Duplication {
  return { ...found, skipped: [...found.skipped, ...unsearched] };
}
