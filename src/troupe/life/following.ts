/** Parts of a troupe that go on over a restore, which makes a new team under it. */

/** What an app may hold for ever: each use of it reaches the part that `now` gives then. */
export function following<Part extends object>(now: () => Part): Part {
  const empty: Part = Object.create(now());
  return new Proxy(empty, {
    get: (_, name) => {
      const part = now();
      const value: unknown = Reflect.get(part, name);
      return typeof value === 'function' ? value.bind(part) : value;
    },
  });
}
