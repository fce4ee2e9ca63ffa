/** What a check says of drawn charts is what a naive search by live actors finds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { statesOf, transitionsOf } from '../../../src/testing/charts/index.ts';
import type { CheckResult } from '../../../src/testing/index.ts';
import { checkMachine } from '../../../src/testing/machines/index.ts';
import { type Chart, charts, machineOf } from './charts.ts';
import { type Known, type NaiveNode, search } from './naive.ts';

const reachedIn = ({ coverage }: CheckResult, kind: string): string[] =>
  coverage.filter((one) => one.kind === kind && one.hits > 0).map(({ place }) => place);

/** Of a chart with an end: nothing ends any more; of others: nothing moves it any more. */
function isTrapped(machine: AnyStateMachine, { nodes }: Known, from: NaiveNode): boolean {
  const hasEnd = Object.values(machine.root.states).some(({ type }) => type === 'final');
  const reached = new Set([from]);
  for (const node of reached) {
    for (const key of node.to) {
      const to = nodes.get(key);
      if (to !== undefined) reached.add(to);
    }
  }
  return [...reached].every(({ status, moves }) => status === 'active' && (hasEnd || !moves));
}

/** Each state may not be rested in: the shortest story that gets there is the witness. */
const nowhere = (machine: AnyStateMachine) =>
  Object.fromEntries(
    statesOf(machine).map(({ node: { id } }) => [
      id,
      ({ _nodes: nodes }: AnyMachineSnapshot) => nodes.every((node) => node.id !== id),
    ]),
  );

const bounds = { states: 3_000, depth: 200 };

function judged(chart: Chart): { machine: AnyStateMachine; known: Known } {
  const machine = machineOf(chart);
  Object.assign(machine.options, { maxIterations: 300 });
  return { machine, known: search(machine) };
}

test('property: it reaches what live actors reach, and takes what they take', () => {
  let whole = 0;
  fc.assert(
    fc.property(charts, (chart) => {
      const { machine, known } = judged(chart);
      if (!known.isWhole || known.nodes.size === 0) return;
      whole += 1;
      const result = checkMachine(machine, { bounds });
      if (!known.isEndless) expect(result.bounds.isExhausted).toBe(true);
      const states = statesOf(machine).filter(({ node }) => known.states.has(node.id));
      expect(reachedIn(result, 'state')).toEqual(states.map(({ place }) => place));
      const taken = transitionsOf(machine).filter(({ transition }) =>
        known.transitions.has(transition),
      );
      expect(reachedIn(result, 'transition')).toEqual(taken.map(({ place }) => place));
      const codes = result.findings.map(({ code }) => code);
      expect(codes.includes('loop-without-progress')).toBe(known.isEndless);
    }),
    { numRuns: 100 },
  );
  expect(whole).toBeGreaterThan(40);
});

test('property: a witness is as short as any story that a live actor knows', () => {
  fc.assert(
    fc.property(charts, (chart) => {
      const { machine, known } = judged(chart);
      if (!known.isWhole) return;
      const { findings } = checkMachine(machine, { bounds, invariants: nowhere(machine) });
      const broken = findings.filter(({ code }) => code === 'invariant-broken');
      const lengths = broken.map(({ place, witness }) => [place, witness.length - 1] as const);
      const rested = [...known.restedIn].filter(([id]) => id !== 'drawn');
      expect(new Map(lengths)).toEqual(new Map(rested));
    }),
    { numRuns: 100 },
  );
});

test('property: it finds a dead end exactly where live actors have none to go', () => {
  let found = 0;
  fc.assert(
    fc.property(charts, (chart) => {
      const { machine, known } = judged(chart);
      if (!known.isWhole || known.isEndless) return;
      const { findings } = checkMachine(machine, { bounds });
      const trapped = [...known.nodes.values()].some((node) => isTrapped(machine, known, node));
      expect(findings.some(({ code }) => code === 'dead-end')).toBe(trapped);
      if (trapped) found += 1;
    }),
    { numRuns: 100 },
  );
  expect(found).toBeGreaterThan(10);
});

test('property: guards answer as those of live actors do', () => {
  fc.assert(
    fc.property(charts, (chart) => {
      const [heard, told] = [new Set<string>(), new Set<string>()];
      const live = machineOf(chart, (answer) => heard.add(answer));
      Object.assign(live.options, { maxIterations: 300 });
      const { isWhole, nodes } = search(live);
      if (!isWhole || nodes.size === 0) return;
      const result = checkMachine(
        machineOf(chart, (answer) => told.add(answer)),
        { bounds },
      );
      expect([...told].sort()).toEqual([...heard].sort());
      const answers = [...reachedIn(result, 'guard true'), ...reachedIn(result, 'guard false')];
      expect(answers).toHaveLength(heard.size);
    }),
    { numRuns: 100 },
  );
});
