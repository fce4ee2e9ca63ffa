/** Whatever a user's code may throw: nobody must be able to tell the runtime's books from it. */

class Silent extends Error {
  override get message(): string {
    throw new RangeError('no message');
  }
}

const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new RangeError('no property');
    },
    has: () => {
      throw new RangeError('no property');
    },
    getPrototypeOf: () => {
      throw new RangeError('no prototype');
    },
    ownKeys: () => {
      throw new RangeError('no keys');
    },
  },
);

const cycle: { self?: unknown } = {};
cycle.self = cycle;

/** What is thrown, by its name. */
export const thrown: Readonly<Record<string, unknown>> = {
  'an error': new RangeError('a fault'),
  nothing: undefined,
  null: null,
  'a text': 'only a text',
  'a lone surrogate': new Error('\ud800'),
  'a number': Number.NaN,
  'a symbol': Symbol('thrown'),
  'an object': { message: 'an object' },
  'a frozen object': Object.freeze({ code: 42 }),
  'an object without toString': Object.create(null),
  'an object whose message has no text': { message: { toString: 1, valueOf: 1 } },
  'a cycle': cycle,
  'an error whose message is no text': Object.assign(new Error('x'), { message: 5n }),
  'an error whose name is no text': Object.assign(new Error('x'), { name: {} }),
  'an error whose getters throw': new Silent(),
  'an error whose cause is itself': ((error) => Object.assign(error, { cause: error }))(
    new Error('round'),
  ),
  'a proxy that throws': hostile,
  'a function': () => 1,
  'a promise': Promise.resolve(1),
};

/** Throws it. */
export function raise(what: string): never {
  throw thrown[what];
}
