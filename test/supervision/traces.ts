/**
 * Traces of a real Erlang/OTP supervisor: their format, and how two of them are compared.
 * The order of events within a step counts, but where pools stop and list their members in no
 * fixed order, and where a supervisor was killed from outside.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dataFolder } from '../data.ts';

const Shutdown = z.union([z.number(), z.enum(['brutal_kill', 'infinity'])]);

const Common = {
  restart: z.enum(['permanent', 'transient', 'temporary']).optional(),
  shutdown: Shutdown.optional(),
  significant: z.boolean().optional(),
};

const Behaviour = z.object({
  ignore: z.boolean().optional(),
  stopDelayMs: z.number().optional(),
});

const WorkerNode = z.object({
  kind: z.literal('worker').optional(),
  id: z.string().optional(),
  ...Common,
  behaviour: Behaviour.optional(),
});

/** A node of a tree. */
export interface SupNode {
  readonly kind: 'sup';
  readonly id: string;
  readonly restart?: 'permanent' | 'transient' | 'temporary' | undefined;
  readonly shutdown?: z.infer<typeof Shutdown> | undefined;
  readonly significant?: boolean | undefined;
  readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';
  readonly intensity: number;
  readonly period: number;
  readonly autoShutdown: 'never' | 'any_significant' | 'all_significant';
  readonly children?: readonly TreeNode[] | undefined;
  readonly template?: WorkerNode | undefined;
}
export type WorkerNode = z.infer<typeof WorkerNode>;
export type TreeNode = SupNode | WorkerNode;

const SupNode: z.ZodType<SupNode> = z.object({
  kind: z.literal('sup'),
  id: z.string(),
  ...Common,
  strategy: z.enum(['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one']),
  intensity: z.number(),
  period: z.number(),
  autoShutdown: z.enum(['never', 'any_significant', 'all_significant']),
  get children() {
    return z.array(z.union([SupNode, WorkerNode])).optional();
  },
  template: WorkerNode.optional(),
});

/** One recorded scenario. */
export const Scenario = z.object({
  id: z.string(),
  what: z.string(),
  tree: SupNode,
  steps: z.array(z.array(z.unknown())),
  trace: z.array(z.looseObject({ e: z.string() })),
  preFail: z.record(z.string(), z.number()).optional(),
  unordered: z.boolean().optional(),
  killSup: z.boolean().optional(),
  timing: z.boolean().optional(),
});
export type Scenario = z.infer<typeof Scenario>;

/** An event of a trace. */
export type TraceEvent = Readonly<Record<string, unknown>> & { readonly e: string };

/** The folder of the recorded traces; undefined when it is absent. */
export const traceFolder = dataFolder('otp-supervision');

/** The scenarios of a file; none when the folder is absent. */
export function scenariosOf(file: string): Scenario[] {
  if (traceFolder === undefined) return [];
  return z.array(Scenario).parse(JSON.parse(readFileSync(join(traceFolder, file), 'utf8')));
}

/** A trace in the form in which two of them are equal when the supervisors did the same. */
export function comparable(scenario: Scenario, trace: readonly TraceEvent[]): unknown[] {
  const isLoose = scenario.unordered === true || scenario.killSup === true;
  if (!isLoose) return [...trace];
  const steps: string[][] = [[]];
  for (const event of trace) {
    const list = listIn(event);
    steps.at(-1)?.push(JSON.stringify(list));
    if (event.e === 'step_done') steps.push([]);
  }
  return steps.map((step) => step.sort());
}

/** What lists children names them in a fixed order; keys too. */
function listIn(event: TraceEvent): unknown {
  return Object.entries(event)
    .map(([key, value]) => [key, Array.isArray(value) ? value.map(sortable).sort() : value])
    .sort();
}

const sortable = (value: unknown): string => JSON.stringify(Object.entries(Object(value)).sort());
