/**
 * Start-up: what importing the compiled package costs, in fresh processes that take turns.
 *
 * The package is built by its own build script in a copy that is removed afterwards. Measured is
 * the time from the call of `import()` to its end, inside the process, against importing `xstate`,
 * `zod` and `immer` alone; the same until a first troupe runs; and a whole process from its start
 * to its end against a bare Node that does nothing.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newFolder } from './actors.ts';
import {
  type Bench,
  type Bound,
  type Contest,
  digestOf,
  type Figure,
  longer,
  median,
  type Sample,
  samplesOf,
} from './harness.ts';

const parameters = { rounds: 25, warmUps: 2 };

/** The benchmark. */
export const startUp: Bench<typeof parameters> = {
  name: 'start-up',
  about: 'Importing the compiled package in fresh processes.',
  parameters,
  quick: { rounds: 1, warmUps: 0 },
  async measure({ rounds, warmUps }) {
    const { path: folder, remove } = newFolder();
    try {
      const programs = programsFor(build(folder));
      return figuresOf(contestOf(folder, programs, rounds, warmUps));
    } finally {
      remove();
    }
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));

/** What building takes; what is missing is not needed. */
const needed = [
  'src',
  'machines',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'rolldown.config.ts',
];

/** Builds a copy of the package as `npm run build` does; the result is its door. */
function build(folder: string): string {
  for (const path of needed.filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: folder, encoding: 'utf8' });
  assert.equal(built.status, 0, built.stdout + built.stderr);
  return pathToFileURL(join(folder, 'dist/src/index.js')).href;
}

const alone = 'xstate, zod, immer';

/** Each program gives what shows that it did what it is called. */
const programsFor = (door: string): Readonly<Record<string, string>> => ({
  [alone]: `(await Promise.all([import('xstate'), import('zod'), import('immer')])).length`,
  troupe: `typeof (await import('${door}')).createTroupe`,
  'troupe running': `typeof (await (await import('${door}')).createTroupe()).run`,
  'bare Node': 'typeof process',
});

interface Life {
  readonly inside: Sample;
  readonly whole: Sample;
  readonly result: unknown;
}

/** Runs a program in a process of its own. */
function live(cwd: string, program: string): Life {
  const code = `const start = performance.now(), cpu = process.cpuUsage();
const result = ${program};
const wallMs = performance.now() - start, used = process.cpuUsage(cpu), all = process.cpuUsage();
const cpuMs = ({ user, system }) => (user + system) / 1000;
process.stdout.write(JSON.stringify({ wallMs, cpuMs: cpuMs(used), allMs: cpuMs(all), result }));
process.exit();`;
  const args = ['--input-type=module', '--eval', code];
  const start = performance.now();
  const text = execFileSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const wholeMs = performance.now() - start;
  const { wallMs, cpuMs, allMs, result } = JSON.parse(text);
  return { inside: { wallMs, cpuMs }, whole: { wallMs: wholeMs, cpuMs: allMs }, result };
}

function contestOf(
  folder: string,
  programs: Readonly<Record<string, string>>,
  rounds: number,
  warmUps: number,
): Contest {
  const samples: Record<string, Sample[]> = {};
  const results = new Map<string, unknown>();
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [name, program] of Object.entries(programs)) {
      const { inside, whole, result } = live(folder, program);
      results.set(name, result);
      if (round < 0) continue;
      samples[name] = [...(samples[name] ?? []), inside];
      samples[`process: ${name}`] = [...(samples[`process: ${name}`] ?? []), whole];
    }
  }
  return { digest: digestOf([...results]), samples };
}

function figuresOf(contested: Contest): Figure[] {
  const line = (name: string, of: string, against?: string, bounds: Bound[] = []): Figure => {
    const own = samplesOf(contested, of);
    return {
      name,
      value: median(own.map(({ wallMs }) => wallMs)),
      unit: 'ms',
      cpuUs: median(own.map(({ cpuMs }) => cpuMs)) * 1_000,
      against: against === undefined ? undefined : longer(contested, of, against),
      bounds,
      digest: contested.digest,
    };
  };
  return [
    line('import of troupe', 'troupe', alone, [{ of: 'ratio', max: 1.3, isDue: true }]),
    line('import of troupe, then a troupe in memory', 'troupe running', alone),
    line(`import of ${alone}`, alone),
    line('process that imports troupe', 'process: troupe', 'process: bare Node'),
    line(`process that imports ${alone}`, `process: ${alone}`, 'process: bare Node'),
    line('bare Node', 'process: bare Node'),
  ];
}
