/**
 * People: they see each question once and answer it as `people` says, else as the script does, else
 * with a yes. They outlive every crash: what they have said and nobody took, they say again.
 */
import type { Batch } from '../../../journal/index.ts';
import { isTroupeError, troupeError } from '../../../protocol/index.ts';
import type { Answering } from '../script.ts';
import type { Asked, Says } from '../team.ts';
import { spanText, type World } from '../world.ts';

/** How people answer who are not in the script. */
export type PeopleBy = Readonly<Record<string, (asked: Asked) => Says>>;

/** Makes what a yes carries when nobody says it. */
export type DrawAnswer = (definition: string, chance: number) => unknown;

/** What people know, as plain data. */
export type KeptPeople = readonly Question[];

/** Calls code for which time and chance are simulated. */
export type Inside = <Value>(call: () => Value) => Value;

interface Question {
  readonly nth: number;
  readonly runId: string;
  readonly definition: string;
  /** Somebody has thought about it, or does. */
  life: number;
  isAnswered: boolean;
}

const ordinary: Omit<Answering, 'question'> = { answer: 'yes', afterMs: 0 };

/** Those who are asked. */
export class People {
  readonly #world: World;
  readonly #by: PeopleBy;
  readonly #draw: DrawAnswer;
  readonly #inside: Inside;
  readonly #questions = new Map<string, Question>();

  constructor(world: World, by: PeopleBy, draw: DrawAnswer, inside: Inside) {
    this.#inside = inside;
    this.#world = world;
    this.#by = by;
    this.#draw = draw;
  }

  /** What they know, for who goes on from here. */
  keep(): KeptPeople {
    return [...this.#questions.values()];
  }

  goOnFrom(kept: KeptPeople): void {
    for (const question of kept) this.#questions.set(question.runId, { ...question });
  }

  get questions(): number {
    return this.#questions.size;
  }

  /** Sees what a commit asks. */
  noticed({ actors }: Pick<Batch, 'actors'>): void {
    for (const { kind, address, status, definition, done } of actors) {
      if (kind !== 'approval' || status !== 'BLOCKED' || done) continue;
      const runId = address.slice('run/'.length);
      this.#see(runId, definition);
    }
  }

  /** After a restart: what is open and was not answered is looked at again. */
  began(): void {
    this.noticed({ actors: this.#world.journal.actors({ kind: 'approval', done: false }) });
  }

  #see(runId: string, definition: string): void {
    const known = this.#questions.get(runId);
    const question = known ?? {
      nth: this.#questions.size + 1,
      runId,
      definition,
      life: 0,
      isAnswered: false,
    };
    this.#questions.set(runId, question);
    if (question.isAnswered || question.life === this.#world.life) return;
    question.life = this.#world.life;
    this.#world.clock.soon(() => {
      this.#answer(question).catch((error: unknown) => {
        this.#world.broke('people can answer', String(error));
      });
    });
  }

  async #answer(question: Question): Promise<void> {
    const world = this.#world;
    const own = this.#by[question.definition];
    const inScript = world.script.people.find((one) => one.question === question.nth);
    // Who answers in the team's own words does so whatever the script says.
    const said = own === undefined ? inScript : undefined;
    const { answer, afterMs, again, value } = said ?? ordinary;
    if (answer === 'nothing') {
      world.note('person', `nobody answers ${nameOf(question)}`, true);
      return;
    }
    if (afterMs > 0) await world.wait(afterMs);
    const report = await world.troupe?.approvals.get(question.runId).catch(() => undefined);
    if (report === undefined || question.isAnswered) return;
    const chance = world.clock.random();
    const { definition } = question;
    const asked = { definition, runId: question.runId, payload: report.payload, chance };
    const says =
      own === undefined ? { approve: answer === 'yes' } : saidIn(this.#inside(() => own(asked)));
    if (says === undefined) return;
    const drawn = report.takesAnswer ? (value ?? this.#draw(definition, chance)) : undefined;
    const decision = { answer: says.approve ? drawn : undefined, ...says, by: 'a person' };
    const after = afterMs > 0 ? ` after ${spanText(afterMs)}` : '';
    const text = `somebody says ${says.approve ? 'yes' : 'no'} to ${nameOf(question)}${after}`;
    world.note('person', text, said !== undefined);
    await this.#say(question, decision);
    if (again === undefined) return;
    const approve = again === 'same' ? says.approve : !says.approve;
    world.note('person', `somebody says ${approve ? 'yes' : 'no'} to it again`, true);
    await this.#say(question, { ...decision, approve, answer: approve ? drawn : undefined });
  }

  async #say(
    question: Question,
    { answer, ...decision }: { approve: boolean; answer?: unknown; by: string },
  ): Promise<void> {
    const world = this.#world;
    const { life } = world;
    const given = answer === undefined ? decision : { ...decision, answer };
    try {
      await world.troupe?.approvals.decide(question.runId, given);
      if (life === world.life && world.isAlive) question.isAnswered = true;
    } catch (error) {
      // Too late, or too early, or the second of two: people are told, and nothing has changed.
      if (isTroupeError(error) && error.code !== 'JOURNAL_FAILED' && life === world.life) {
        question.isAnswered = true;
      }
    }
  }
}

/** What the team's own words say. @throws TroupeError `BAD_OPTION`. */
function saidIn(said: unknown): Says {
  if (said === undefined) return undefined;
  const { approve, answer }: { approve?: unknown; answer?: unknown } = Object(said);
  if (typeof approve === 'boolean') return answer === undefined ? { approve } : { approve, answer };
  const problem = 'must give { approve: true or false }, or undefined for silence, at once';
  throw troupeError('BAD_OPTION', { where: 'property', field: 'people', problem });
}

const nameOf = ({ definition, nth }: Question): string => `${definition} (question ${nth})`;
