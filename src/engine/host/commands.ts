/**
 * Commands: what callers ask of a host, in the order in which they asked.
 *
 * A command works on the stage of the next group and is answered when that has committed, refusals
 * too: what a command was refused for may be something that is lost with the group.
 * Invariant: a command that throws has staged nothing; a half-done one would be committed with
 * the rest, so it ends the host instead.
 */
import { type ActorEvent, type Address, troupeError } from '../../protocol/index.ts';
import type { Stage } from '../engine.ts';
import type { Group } from '../group/group.ts';
import { RunQueue } from './run-queue.ts';

interface Command {
  /** Names it in errors. */
  readonly call: string;
  readonly run: (group: Group) => void;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** The commands of a host. */
export class Commands {
  readonly #waiting = new RunQueue<Command>();
  #answers: (() => void)[] = [];
  #taken: Command[] = [];

  /** How many wait for a group. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Takes a command in; resolves with its value when its group has committed. */
  ask<Value>(call: string, command: (stage: Stage) => Value): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      let value: Value;
      this.#waiting.push({
        call,
        run: (stage) => {
          value = command(stage);
        },
        done: () => resolve(value),
        failed: reject,
      });
    });
  }

  /** Takes an event in that nobody waits for. */
  tell(to: Address, event: ActorEvent): void {
    const run = (stage: Stage): void => stage.send(to, event);
    this.#waiting.push({ call: event.type, run, done: nothing, failed: nothing });
  }

  /** Takes something in that nobody waits for. */
  note(call: string, run: (group: Group) => void): void {
    this.#waiting.push({ call, run, done: nothing, failed: nothing });
  }

  /** Runs the next command; its answer is kept. @throws TroupeError `BROKEN_INVARIANT`. */
  runNext(group: Group): void {
    const command = this.#waiting.shift();
    if (command === undefined) return;
    this.#taken.push(command);
    const staged = group.staged;
    try {
      command.run(group);
      if (command.done !== nothing) this.#answers.push(command.done);
    } catch (error) {
      if (group.staged !== staged) {
        const invariant = 'a command that throws has staged nothing';
        throw troupeError('BROKEN_INVARIANT', { invariant, found: command.call }, error);
      }
      this.#answers.push(() => command.failed(error));
    }
  }

  /** The group has committed: its commands are answered. */
  answer(): void {
    const answers = this.#answers;
    this.#answers = [];
    this.#taken = [];
    for (const answer of answers) answer();
  }

  /** Refuses all that is not answered. */
  refuse(reason: unknown): void {
    const refused = this.#taken;
    this.#taken = [];
    this.#answers = [];
    for (const command of refused) command.failed(reason);
    while (this.#waiting.size > 0) this.#waiting.shift()?.failed(reason);
  }
}

function nothing(): void {}
