/** Simulated time: `Date`, `performance.now`, `process.hrtime`, `process.uptime`. */
import { type Context, served } from './context.ts';
import type { Real, Swap } from './swaps.ts';

/** What of the process tells the time. */
export const timeSwaps = (): readonly Swap[] => [
  { holder: globalThis, key: 'Date', make: () => simulatedDate(Date) },
  { holder: Object(Reflect.get(globalThis, 'performance')), key: 'now', make: sinceStart(1) },
  { holder: process, key: 'uptime', make: sinceStart(1000) },
  { holder: process, key: 'hrtime', make: simulatedHrtime },
];

/**
 * `Date` whose now is simulated. It makes real dates and shares their prototype, so that dates of
 * before, `instanceof` and formatting do as ever. A date of what is given is as pure as ever.
 */
function simulatedDate(real: DateConstructor): DateConstructor {
  const realNow = Reflect.get(real, 'now');
  function now(): number {
    const context = served({ kind: 'time', name: 'Date.now', at: now });
    return context === undefined ? realNow() : context.surprises.clock.now();
  }
  function construct(target: DateConstructor, args: unknown[], made: object): object {
    const context =
      args.length === 0 ? served({ kind: 'time', name: 'new Date()', at: construct }) : undefined;
    const given = context === undefined ? args : [context.surprises.clock.now()];
    return Object(Reflect.construct(target, given, made === proxy ? target : asClass(made)));
  }
  function apply(target: DateConstructor): string {
    const context = served({ kind: 'time', name: 'Date()', at: apply });
    return context === undefined ? target() : new target(context.surprises.clock.now()).toString();
  }
  const proxy: DateConstructor = new Proxy(real, {
    construct,
    apply,
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      return key === 'now' && value === realNow ? now : value;
    },
  });
  return proxy;
}

const asClass = (made: object): Real | DateConstructor =>
  typeof made === 'function' ? Object(made) : Date;

function sinceStart(unitMs: number): Swap['make'] {
  return (real) => {
    const name = real.name === 'now' ? 'performance.now' : `process.${real.name}`;
    return function since(this: unknown): unknown {
      const context = served({ kind: 'time', name, at: since });
      return context === undefined ? Reflect.apply(real, this, []) : elapsed(context) / unitMs;
    };
  };
}

function simulatedHrtime(real: Real): unknown {
  const realBigint = Reflect.get(real, 'bigint');
  function hrtime(this: unknown, before?: readonly [number, number]): unknown {
    const context = served({ kind: 'time', name: 'process.hrtime', at: hrtime });
    if (context === undefined) return Reflect.apply(real, this, before ? [before] : []);
    const ns = BigInt(elapsed(context)) * 1_000_000n;
    const [s, n] = before ?? [0, 0];
    const rest = ns - (BigInt(s) * 1_000_000_000n + BigInt(n));
    return [Number(rest / 1_000_000_000n), Number(rest % 1_000_000_000n)];
  }
  function bigint(): unknown {
    const context = served({ kind: 'time', name: 'process.hrtime.bigint', at: bigint });
    return context === undefined ? realBigint() : BigInt(elapsed(context)) * 1_000_000n;
  }
  return Object.assign(hrtime, { bigint });
}

const elapsed = ({ surprises }: Context): number => surprises.clock.now() - surprises.startedAt;
