/**
 * The values of a check as its options give them: what events carry must fit, a function of events
 * must give events, and what actors give must be that of an actor which is there.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { isSchema, said, troupeError } from '../../protocol/index.ts';
import { statesOf } from '../charts/index.ts';
import type { CheckOptions, OwnOptions, Values } from '../check.ts';
import { drawn } from '../machines/model/drawn.ts';

/** Options whose values are watched. */
export interface WatchedOptions {
  readonly options: CheckOptions;
  /** @throws TroupeError `BAD_OPTION` for outputs of actors that none of the machines has. */
  readonly refuseStrangers: (machines: ReadonlyMap<string, AnyStateMachine>) => void;
}

/**
 * Checks values, and lets functions of events tell what they do wrong.
 * @throws TroupeError `BAD_OPTION` naming the field; `NO_ARBITRARY`.
 */
export function watchedOptions(given: CheckOptions): WatchedOptions {
  const general = watched(given, '');
  const single = Object.entries(given.of ?? {}).map(
    ([id, own]) => [id, watched(own, `of.${id}.`)] as const,
  );
  const of = Object.fromEntries(single.map(([id, { options }]) => [id, options]));
  return {
    options: { ...given, ...general.options, ...(given.of === undefined ? {} : { of }) },
    refuseStrangers: (machines) => {
      general.refuseStrangers([...machines.values()]);
      for (const [id, { refuseStrangers }] of single) {
        refuseStrangers([machines.get(id)].filter((one) => one !== undefined));
      }
    },
  };
}

function watched(own: OwnOptions, at: string) {
  const { events, outputs } = own;
  const asked = new Set<string>();
  return {
    options: {
      ...own,
      ...(events === undefined ? {} : { events: checkedEvents(events, at) }),
      ...(outputs === undefined ? {} : { outputs: listening(outputs, asked) }),
    },
    refuseStrangers: (machines: readonly AnyStateMachine[]): void => {
      const known = new Set(machines.flatMap(actorsOf));
      const name = Object.keys(outputs ?? {}).find((one) => !known.has(one) && !asked.has(one));
      if (name === undefined) return;
      const there = [...known].join(', ') || 'nothing';
      throw refusal(
        `${at}outputs.${name}`,
        `is no source and no id of an actor (there is ${there})`,
      );
    },
  };
}

/** Sources and ids that a chart names. */
const actorsOf = (machine: AnyStateMachine): readonly string[] => {
  const nodes = [machine.root, ...statesOf(machine).map(({ node }) => node)];
  const invoked = nodes.flatMap(({ invoke }) => invoke.flatMap(({ id, src }) => [String(src), id]));
  const isNamed = (name: string): boolean => !/^(\d+|xstate\.invoke)\./.test(name);
  return [...Object.keys(machine.implementations.actors), ...invoked.filter(isNamed)];
};

/** A record that tells which of its names were asked for, there or not. */
const listening = <Value extends object>(record: Value, asked: Set<string>): Value =>
  new Proxy(record, {
    has: (target, name) => {
      asked.add(String(name));
      return Reflect.has(target, name);
    },
  });

type Events = NonNullable<OwnOptions['events']>;

function checkedEvents(events: Events, at: string): Events {
  if (typeof events === 'function') return (snapshot) => eventsAt(events, snapshot, at);
  for (const [type, values] of Object.entries(events)) checkCarried(type, values, at);
  return events;
}

function checkCarried(type: string, values: Values, at: string): void {
  const field = `${at}events.${type}`;
  for (const [index, value] of drawn(values, 1, TRIED).entries()) {
    const path = isSchema(values) ? field : `${field}[${index}]`;
    const gives = isSchema(values) ? 'gives' : 'is';
    if (!isObject(value)) throw refusal(path, `${gives} no object, and events carry fields`);
    const own: unknown = Reflect.get(value, 'type') ?? type;
    if (own !== type) throw refusal(path, `${gives} an event of the type ${String(own)}`);
  }
}

/** Values of a schema that are looked at. */
const TRIED = 4;

function eventsAt(
  events: Extract<Events, (snapshot: never) => unknown>,
  snapshot: AnyMachineSnapshot,
  at: string,
) {
  let given: unknown;
  try {
    given = events(snapshot);
  } catch (error) {
    throw refusal(`${at}events`, `throws ${said(error)} in ${JSON.stringify(snapshot.value)}`);
  }
  if (Array.isArray(given) && given.every(isEvent)) return given;
  throw refusal(`${at}events`, `gives no array of events in ${JSON.stringify(snapshot.value)}`);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEvent = (value: unknown): value is { readonly type: string } =>
  isObject(value) && 'type' in value && typeof value.type === 'string';

const refusal = (field: string, problem: string) =>
  troupeError('BAD_OPTION', { where: 'check', field, problem });
