/**
 * Steps of workflows a second: chains of function steps, each adding one to the result of the step
 * above it, in memory and durable (FULL). By hand it is a live actor of the workflow machine, one
 * of the task machine for each step, and the same functions; durable by hand, a row for each event,
 * the records of both and a commit for each step of all chains at once (see `by-hand.ts` for what
 * such a baseline leaves out). The overhead of coordination is what a step takes longer than a bare
 * call of its function.
 */
import { type ActorRefFrom, createActor } from 'xstate';
import { z } from 'zod';
import { taskMachine, workflowMachine } from '../machines/index.ts';
import { createTroupe, graph } from '../src/index.ts';
import type { WorkflowEvent, WorkflowSpec } from '../src/protocol/index.ts';
import { newJournal, taskSpec } from './actors.ts';
import { type Book, noBook, sqliteBook } from './by-hand.ts';
import { addedUs, type Bench, contest, type Figure, type Round, rate } from './harness.ts';

const parameters = { length: 10, inFlight: 10, chains: 150, rounds: 11, warmUps: 2 };

/** The benchmark. */
export const steps: Bench<typeof parameters> = {
  name: 'steps',
  about: 'Steps of chains of functions, against the machines and node:sqlite by hand.',
  parameters,
  quick: { length: 3, inFlight: 2, chains: 4, rounds: 1, warmUps: 0 },
  async measure(given) {
    const figures: Figure[] = [];
    for (const inFlight of [given.inFlight, 1]) {
      const chains = inFlight === 1 ? Math.ceil(given.chains / given.inFlight) : given.chains;
      figures.push(...(await measure({ ...given, inFlight, chains })));
    }
    return figures;
  },
};

type Given = typeof parameters;

async function measure(given: Given): Promise<Figure[]> {
  const contested = await contest(
    {
      memory: () => troupeRound('memory', given),
      file: () => troupeRound('file', given),
      'by hand': () => handRound(noBook, given),
      'durable by hand': () => handRound(sqliteBook(), given),
      bare: () => bareRound(given),
    },
    given,
  );
  const count = given.chains * given.length;
  const waiting = given.inFlight === 1 ? 'one chain at a time' : `${given.inFlight} chains at once`;
  const line = (name: string, of: string, against?: string): Figure =>
    rate(contested, count, { name: `${name}, ${waiting}`, of, ...(against && { against }) });
  return [
    line('in memory', 'memory', 'by hand'),
    line('durable', 'file', 'durable by hand'),
    line('in memory by hand', 'by hand'),
    line('durable by hand', 'durable by hand'),
    {
      name: `overhead of a step in memory, ${waiting}`,
      value: addedUs(contested, 'memory', 'bare') / count,
      unit: 'µs',
      bounds: [],
      digest: contested.digest,
    },
  ];
}

const addOne = (above: unknown): number => Number(above) + 1;
const stepName = (index: number): string => `s${index}`;

async function troupeRound(kind: 'memory' | 'file', given: Given): Promise<Round> {
  const chain = graph(
    'bench',
    Object.fromEntries(
      Array.from({ length: given.length }, (_, index) => [
        stepName(index),
        index === 0
          ? { work: ({ input }: { input: number }) => addOne(input) }
          : {
              work: (view: Readonly<Record<string, unknown>>) => addOne(view[stepName(index - 1)]),
              after: [stepName(index - 1)],
            },
      ]),
    ),
    { input: z.number() },
  );
  const { journal, end } = await newJournal(kind);
  const troupe = await createTroupe({ definitions: [chain], journal });
  let sum = 0;
  const send = async (sender: number): Promise<void> => {
    for (let index = sender; index < given.chains; index += given.inFlight) {
      const result = await troupe.run(chain, index);
      sum += Number(result);
    }
  };
  return {
    run: () => Promise.all(Array.from({ length: given.inFlight }, (_, sender) => send(sender))),
    result: () => sum,
    end: async () => {
      await troupe.stop();
      end();
    },
  };
}

function handRound(book: Book, { length, chains, inFlight }: Given): Round {
  const plan = {
    steps: Array.from({ length }, (_, index) => ({
      name: stepName(index),
      after: index === 0 ? [] : [index - 1],
    })),
  };
  let sum = 0;
  return {
    run: () => {
      for (let from = 0; from < chains; from += inFlight) {
        const count = Math.min(inFlight, chains - from);
        const wave = Array.from({ length: count }, (_, n) => new Chain(book, plan, from + n));
        for (const { name } of plan.steps) {
          for (const chain of wave) chain.step(name);
          book.commit();
        }
        for (const chain of wave) sum += chain.finish();
        book.commit();
      }
    },
    result: () => sum,
    end: () => book.end(),
  };
}

/** A chain by hand. */
class Chain {
  readonly #book: Book;
  readonly #run: string;
  readonly #workflow: ActorRefFrom<typeof workflowMachine>;
  #result: number;

  constructor(book: Book, plan: WorkflowSpec['plan'], index: number) {
    this.#book = book;
    this.#run = `run/bench/${index}`;
    this.#result = index;
    const { route: _, bot: __, ...base } = taskSpec(this.#run, { route: 'none', bot: null });
    const input = { ...base, input: index, plan, concurrency: 10, inline: null };
    this.#workflow = createActor(workflowMachine, { input }).start();
    book.row(this.#run, { type: 'init' });
  }

  step(name: string): void {
    const run = `${this.#run}/${name}`;
    const spec = { ...taskSpec(run, { route: 'none', bot: null }), parent: this.#run, step: name };
    const task = createActor(taskMachine, { input: spec }).start();
    this.#book.row(run, { type: 'init' });
    this.#result = addOne(this.#result);
    const result = this.#result;
    const completed = { type: 'task.complete', at: Date.now(), attempt: 1, result } as const;
    task.send(completed);
    this.#book.row(run, completed);
    this.#book.record(run, () => task.getPersistedSnapshot());
    const outcome = { status: 'COMPLETED', result } as const;
    this.#tell({ type: 'child.settled', at: Date.now(), step: name, outcome });
  }

  finish(): number {
    this.#tell({ type: 'workflow.finished', at: Date.now(), result: this.#result });
    return Number(Object(this.#workflow.getSnapshot().output).result);
  }

  #tell(event: WorkflowEvent): void {
    this.#workflow.send(event);
    this.#book.row(this.#run, event);
    this.#book.record(this.#run, () => this.#workflow.getPersistedSnapshot());
  }
}

function bareRound({ length, chains }: Given): Round {
  let sum = 0;
  return {
    run: () => {
      for (let index = 0; index < chains; index += 1) {
        let result = index;
        for (let step = 0; step < length; step += 1) result = addOne(result);
        sum += result;
      }
    },
    result: () => sum,
  };
}
