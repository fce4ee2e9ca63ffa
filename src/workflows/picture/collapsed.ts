/**
 * The picture of a plan of many steps: its waves, one after the other, with their members listed.
 * It shows the shape of the plan; a run goes on step by step and does not wait for whole waves.
 */
import { wavesOf } from '../../policies/index.ts';
import { limits, type Plan } from '../../protocol/index.ts';
import type { ChartState } from './parts.ts';
import { listed } from './texts.ts';

/** What stands below IN_PROGRESS: a state for each wave, or for several when there are many. */
export function collapsed(plan: Plan): ChartState {
  const groups = grouped(wavesOf(plan));
  const states = groups.map((group, index): [string, ChartState] => [
    group.name,
    waveState(plan, group, groups[index + 1]?.name),
  ]);
  return {
    id: 'IN_PROGRESS',
    description: [
      `${plan.steps.length} steps, drawn wave by wave.`,
      'A step is in the first wave before which all that it waits for has ended.',
    ].join('\n'),
    initial: groups[0]?.name ?? '',
    states: Object.fromEntries(states),
  };
}

interface Group {
  readonly name: string;
  readonly members: readonly number[];
}

function grouped(waves: readonly (readonly number[])[]): readonly Group[] {
  const size = Math.ceil(waves.length / limits.pictureSteps);
  return Array.from({ length: Math.ceil(waves.length / size) }, (_, index) => {
    const first = index * size;
    const last = Math.min(first + size, waves.length);
    const name = last - first === 1 ? `wave ${last}` : `waves ${first + 1} to ${last}`;
    return { name, members: waves.slice(first, last).flat() };
  });
}

function waveState(plan: Plan, { name, members }: Group, next: string | undefined): ChartState {
  const steps = members.map((member) => plan.steps[member]?.name ?? '');
  return {
    description: listed(steps),
    meta: { steps },
    on: { [`COMPLETE ${name}`]: { target: next ?? '#COMPLETED' } },
  };
}
