/**
 * LangGraph.js with its SQLite saver: a graph of nodes in a row, each adding one to the value.
 * The packages are those of this folder, loaded when they are there; what is used of them is
 * written down here.
 */
import { join } from 'node:path';
import { newFolder } from '../actors.ts';
import { addOne, stepName } from '../workflows/raw-plans.ts';

/** When a checkpoint is written: before the next node runs, beside it, or at the end. */
export type Writing = 'sync' | 'async' | 'exit';

/** How SQLite syncs: FULL at every commit, NORMAL (the driver's default in WAL) at checkpoints. */
export type Syncing = 'FULL' | 'NORMAL';

/** A compiled graph on a file of its own. */
export interface LangGraph {
  run(input: number, thread: string): Promise<number>;
  end(): void;
}

interface Value {
  readonly value: number;
}

interface StateGraph {
  addNode(name: string, node: (state: Value) => Promise<Value>): StateGraph;
  addEdge(from: string, to: string): StateGraph;
  compile(options: { readonly checkpointer: unknown }): Compiled;
}

interface Compiled {
  invoke(
    input: Value,
    config: { readonly configurable: { readonly thread_id: string }; readonly durability: Writing },
  ): Promise<Value>;
}

interface Annotation {
  (): unknown;
  Root(channels: { readonly value: unknown }): unknown;
}

interface Graphs {
  readonly StateGraph: new (state: unknown) => StateGraph;
  readonly Annotation: Annotation;
  readonly START: string;
  readonly END: string;
}

interface Database {
  pragma(text: string): unknown;
  close(): void;
}

interface Savers {
  readonly SqliteSaver: new (database: Database) => { setup(): void };
}

interface Driver {
  readonly default: new (path: string) => Database;
}

/** The packages under names that no checker looks for. */
const packages = {
  graphs: '@langchain/langgraph',
  savers: '@langchain/langgraph-checkpoint-sqlite',
  driver: 'better-sqlite3',
};

/** A graph of `length` nodes in a row. @throws when the packages are not installed. */
export async function langGraph(
  length: number,
  writing: Writing,
  syncing: Syncing,
): Promise<LangGraph> {
  const { StateGraph, Annotation, START, END }: Graphs = await import(packages.graphs);
  const { SqliteSaver }: Savers = await import(packages.savers);
  const { default: Sqlite }: Driver = await import(packages.driver);
  const { path, remove } = newFolder();
  const database = new Sqlite(join(path, 'peer.db'));
  const checkpointer = new SqliteSaver(database);
  // It asks for WAL itself; how that is synced is the driver's default, or what is set here.
  checkpointer.setup();
  database.pragma(`synchronous = ${syncing}`);
  const names = Array.from({ length }, (_, index) => stepName(index));
  let graph = new StateGraph(Annotation.Root({ value: Annotation() }));
  for (const name of names) {
    graph = graph.addNode(name, async ({ value }) => ({ value: addOne(value) }));
  }
  for (const [index, name] of [...names, END].entries()) {
    graph = graph.addEdge(names[index - 1] ?? START, name);
  }
  const compiled = graph.compile({ checkpointer });
  return {
    async run(input, thread) {
      const config = { configurable: { thread_id: thread }, durability: writing };
      const { value } = await compiled.invoke({ value: input }, config);
      return value;
    },
    end: () => {
      database.close();
      remove();
    },
  };
}
