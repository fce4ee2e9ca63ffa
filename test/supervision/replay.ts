/**
 * Replays a recorded scenario on a real host, step by step, and gives the trace that comes of it.
 */
import type { Answer } from '../../src/policies/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  type ChildSpec,
  childAddress,
  type SupervisionSpec,
} from '../../src/protocol/index.ts';
import { workerAddress } from './scripted.ts';
import { SupervisionStage } from './stage.ts';
import type { Scenario, SupNode, TraceEvent, TreeNode, WorkerNode } from './traces.ts';

/** The trace of a scenario under our supervisors. */
export async function replay(scenario: Scenario): Promise<TraceEvent[]> {
  const stage = await new SupervisionStage().up();
  for (const [id, count] of Object.entries(scenario.preFail ?? {})) stage.failing.set(id, count);
  const { tree } = scenario;
  const addresses = new Map<string, Address>();
  name(tree, asAddress(`supervisor/${tree.id}`), addresses);
  const root = await stage.supervise(tree.id, specOf(tree));
  await stage.quiet();
  const isUp = stage.isAlive(root);
  const result = isUp ? 'ok_started' : { error: 'shutdown' };
  stage.trace.push({ e: 'step_done', n: 0, op: 'start_root', result });
  for (const [index, step] of scenario.steps.entries()) {
    const done = await perform(stage, step, addresses);
    await stage.quiet();
    stage.trace.push({ e: 'step_done', n: index + 1, op: String(step[0]), result: done });
  }
  for (const [id, address] of addresses) {
    if (!isSupervisor(tree, id)) continue;
    const children = stage.isAlive(address) ? await which(stage, address) : 'dead';
    stage.trace.push({ e: 'final', sup: id, children });
  }
  return stage.trace;
}

function name(node: TreeNode, address: Address, into: Map<string, Address>): void {
  if (node.kind !== 'sup') return;
  into.set(node.id, address);
  for (const child of node.children ?? []) {
    if (child.id !== undefined) name(child, childAddress(address, child.id), into);
  }
}

const isSupervisor = (node: TreeNode, id: string): boolean =>
  node.kind === 'sup' &&
  (node.id === id || (node.children ?? []).some((one) => isSupervisor(one, id)));

const strategies = {
  one_for_one: 'one-for-one',
  one_for_all: 'one-for-all',
  rest_for_one: 'rest-for-one',
  simple_one_for_one: 'simple-one-for-one',
} as const;

const autoShutdowns = {
  never: 'never',
  any_significant: 'any-significant',
  all_significant: 'all-significant',
} as const;

function specOf(node: SupNode): SupervisionSpec {
  return {
    strategy: strategies[node.strategy],
    intensity: node.intensity,
    periodSeconds: node.period,
    autoShutdown: autoShutdowns[node.autoShutdown],
    children: (node.children ?? []).map(childOf),
    template: node.template === undefined ? null : childOf(node.template),
  };
}

function childOf(node: TreeNode): ChildSpec {
  const isSup = node.kind === 'sup';
  const shutdown = node.shutdown ?? (isSup ? 'infinity' : 5_000);
  return {
    id: node.id ?? '',
    type: isSup ? 'supervisor' : 'worker',
    restart: node.restart ?? 'permanent',
    shutdown: shutdown === 'brutal_kill' ? 'brutal' : shutdown,
    significant: node.significant ?? false,
    resumeFrom: 'input',
    backoff: null,
    start: isSup ? specOf(node) : (node.behaviour ?? {}),
  };
}

async function perform(
  stage: SupervisionStage,
  [op, first, second]: readonly unknown[],
  addresses: ReadonlyMap<string, Address>,
): Promise<unknown> {
  const sup = addresses.get(String(first)) ?? asAddress(`supervisor/${String(first)}`);
  switch (op) {
    case 'exit':
      return exit(stage, [String(first)], String(second));
    case 'exit_together':
      return exit(stage, (first as string[]).map(String), String(second));
    case 'fail_next_starts':
      stage.failing.set(String(first), Number(second));
      return 'ok';
    case 'sleep':
      await stage.sleep(Number(first));
      return 'ok';
    case 'stop_sup':
    case 'kill_sup': {
      if (!stage.isAlive(sup)) return 'not_running';
      await stage.send(sup, { type: op === 'stop_sup' ? 'supervisor.stop' : 'supervisor.kill' });
      return 'ok';
    }
    case 'which_children':
      return which(stage, sup);
    default:
      return answered(await stage.ask(sup, callOf(String(op), second)));
  }
}

/** Reasons that only OTP tells apart are ends in order. */
function exit(stage: SupervisionStage, ids: readonly string[], reason: string) {
  const alive = ids.filter((id) => stage.isAlive(workerAddress(id)));
  if (alive.length === 0) return 'not_running';
  const event = reason === 'kill' ? { type: 'worker.kill' } : { type: 'worker.exit', reason };
  void stage.host.enter('exit', (on) => {
    for (const id of alive) on.send(workerAddress(id), event);
  });
  return 'ok';
}

function callOf(op: string, given: unknown): ActorEvent {
  const child = String(given);
  switch (op) {
    case 'start_child':
      return { type: 'supervisor.start', child: childOf(given as WorkerNode) };
    case 'start_dynamic':
      return { type: 'supervisor.add', child };
    case 'terminate_dynamic':
      return { type: 'supervisor.remove', child };
    case 'terminate_child':
      return { type: 'supervisor.terminate', child };
    case 'restart_child':
      return { type: 'supervisor.restart', child };
    case 'delete_child':
      return { type: 'supervisor.delete', child };
    case 'count_children':
      return { type: 'supervisor.count' };
    default:
      throw new RangeError(`an unknown step ${op}`);
  }
}

function answered(answer: Answer | undefined): unknown {
  if (answer === undefined) return 'not_running';
  switch (answer.is) {
    case 'done':
      return 'ok';
    case 'started':
      return 'ok_started';
    case 'ignored':
      return 'ok_not_started';
    case 'counts':
      return answer.counts;
    case 'refused':
      return { error: refusals[answer.refusal] ?? answer.refusal.replaceAll('-', '_') };
    default:
      return answer;
  }
}

const refusals: Readonly<Record<string, string>> = { 'simple-one-for-one': 'simple_one_for_one' };

async function which(stage: SupervisionStage, sup: Address): Promise<unknown> {
  const answer = await stage.ask(sup, { type: 'supervisor.which' });
  if (answer?.is !== 'children') return 'not_running';
  return answer.children.map(({ id, is, type }) => ({ id, state: is, type }));
}
