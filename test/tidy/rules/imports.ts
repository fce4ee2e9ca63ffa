/**
 * Rules about who imports whom: strictly downwards, through doors, without cycles; the pure zones
 * import only each other; what a user imports loads nothing heavy.
 */

import ts from 'typescript';
import {
  at,
  eachFile,
  type Finding,
  type Import,
  importsOf,
  isCode,
  isProduction,
  packageOf,
  type Repository,
  type Rule,
  resolved,
  type Source,
  treeOf,
} from '../source.ts';
import {
  doorOf,
  PUBLIC_DOORS,
  PURE_ZONES,
  RANK_OF_ENGINE,
  rankOf,
  USER_ZONES,
  zoneOf,
} from './ranks.ts';

const PURE_PACKAGES = new Set(['zod', 'immer', 'xstate']);
const LIGHT_NODE_MODULES = new Set(
  ['crypto', 'events', 'path', 'url', 'util'].map((n) => `node:${n}`),
);

/** The rules of this file. */
export const importRules: readonly Rule[] = [
  {
    name: 'direction',
    number: '2.1',
    title: 'imports go to a strictly lower floor',
    remedy: 'Declare a contract below and pass it in, or move the code to the floor it belongs to.',
    check: eachFile(isProduction, (s) => across(s).flatMap((seam) => wrongDirection(s, seam))),
  },
  {
    name: 'doors',
    number: '1.5',
    title: 'neighbours import the door, and a door has named re-exports only',
    remedy: 'Import from the `index.ts` of the zone, and let it re-export the name.',
    check: (repository) => [...besideDoors(repository), ...badDoors(repository)],
  },
  {
    name: 'cycles',
    number: '2.1',
    title: 'no import cycles, type-only ones included',
    remedy: 'Move what both need into a file that both import.',
    check: cycles,
  },
  {
    name: 'machines-below-engine',
    number: '2.2',
    title: 'only the engine and the floors above import machines',
    remedy: 'Pass the machine in from above.',
    check: eachFile(isProduction, (source) =>
      across(source)
        .filter(
          (seam) => seam.zone === 'machines' && (rankOf(zoneOf(source.path)) ?? 0) < RANK_OF_ENGINE,
        )
        .map((seam) => found(source, seam, 'imports machines below the engine')),
    ),
  },
  {
    name: 'pure-imports',
    number: '2.2',
    title: 'protocol, policies and machines import only each other, zod, immer and xstate',
    remedy: 'Keep the decision here and let a zone above do what needs more.',
    check: eachFile((path) => isCode(path) && PURE_ZONES.includes(zoneOf(path)), impureImports),
  },
  {
    name: 'public-doors',
    number: '2',
    title: 'specialists, dashboard and examples see only the public doors',
    remedy: `Import from ${PUBLIC_DOORS.slice(0, 2).join(' or ')}, or publish the name there.`,
    check: eachFile(
      (path) => isCode(path) && USER_ZONES.includes(zoneOf(path)),
      (source) =>
        across(source)
          .filter((seam) => !PUBLIC_DOORS.includes(seam.target))
          .map((seam) => found(source, seam, `imports ${seam.target}, which is not public`)),
    ),
  },
  {
    name: 'light-doors',
    number: '1.5',
    title: 'importing a public door loads nothing heavy',
    remedy: 'Load the heavy part with `await import()` in the function that needs it.',
    check: heavyDoors,
  },
  {
    name: 'declared-packages',
    number: '11.3',
    title: 'what ships imports only declared dependencies and peers',
    remedy: 'A new dependency needs a decision record; then declare it in package.json.',
    check: undeclaredPackages,
  },
];

/** An import that leaves the zone of its file. */
interface Seam {
  readonly imported: Import;
  readonly target: string;
  readonly zone: string;
}

function across(source: Source): readonly Seam[] {
  return importsOf(source)
    .filter((imported) => imported.specifier.startsWith('.'))
    .map((imported) => {
      const target = resolved(source, imported.specifier);
      return { imported, target, zone: zoneOf(target) };
    })
    .filter((seam) => seam.zone !== zoneOf(source.path));
}

function found(source: Source, seam: { readonly imported: Import }, what: string): Finding {
  return { path: source.path, line: seam.imported.line, what };
}

function wrongDirection(source: Source, seam: Seam): readonly Finding[] {
  const own = zoneOf(source.path);
  const from = rankOf(own);
  const to = rankOf(seam.zone);
  if (from === undefined)
    return [found(source, seam, `${own} has no floor in test/tidy/rules/ranks.ts`)];
  if (to === undefined) return [found(source, seam, `imports ${seam.target}, which does not ship`)];
  const { dynamic, typeOnly } = seam.imported;
  if (seam.zone === 'src/testing' && !(own === 'src/cli' && (dynamic || typeOnly)))
    return [found(source, seam, 'production imports src/testing')];
  if (to < from) return [];
  return [found(source, seam, `${own} (floor ${from}) imports ${seam.zone} (floor ${to})`)];
}

function besideDoors(repository: Repository): readonly Finding[] {
  return eachFile(isProduction, (source) =>
    across(source)
      .filter((seam) => rankOf(seam.zone) !== undefined && seam.target !== doorOf(seam.zone))
      .map((seam) => found(source, seam, `imports ${seam.target} instead of ${doorOf(seam.zone)}`)),
  )(repository);
}

function badDoors(repository: Repository): readonly Finding[] {
  const zones = new Set([...repository.keys()].filter(isProduction).map(zoneOf));
  return [...zones].flatMap((zone) => {
    const door = repository.get(doorOf(zone));
    if (!door)
      return zone === 'src/cli' ? [] : [{ path: doorOf(zone), line: 1, what: 'is missing' }];
    return treeOf(door)
      .statements.filter((statement) => !isNamedReExport(statement))
      .map((statement) => at(door, statement, 'is no named re-export'));
  });
}

function isNamedReExport(statement: ts.Statement): boolean {
  if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) return false;
  return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause);
}

function impureImports(source: Source): readonly Finding[] {
  return importsOf(source)
    .filter(({ specifier }) =>
      specifier.startsWith('.')
        ? !PURE_ZONES.includes(zoneOf(resolved(source, specifier)))
        : !PURE_PACKAGES.has(packageOf(specifier)),
    )
    .map((imported) => found(source, { imported }, `imports ${imported.specifier}`));
}

/** Follows the imports depth first; an edge back into the path that is being walked is a cycle. */
function cycles(repository: Repository): readonly Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const walk = (source: Source, path: readonly string[]): void => {
    if (done.has(source.path)) return;
    const trail = [...path, source.path];
    for (const imported of importsOf(source).filter((i) => i.specifier.startsWith('.'))) {
      const target = resolved(source, imported.specifier);
      const start = trail.indexOf(target);
      const next = repository.get(target);
      if (start >= 0) findings.push(found(source, { imported }, cycleText(trail.slice(start))));
      else if (next && isCode(target)) walk(next, trail);
    }
    done.add(source.path);
  };
  for (const source of repository.values()) if (isCode(source.path)) walk(source, []);
  return findings;
}

const cycleText = (trail: readonly string[]): string =>
  `closes the cycle ${[...trail, trail[0]].join(' -> ')}`;

/** Follows what `import 'troupe'` loads at once: static imports that are more than types. */
function heavyDoors(repository: Repository): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const load = (path: string): void => {
    const source = repository.get(path);
    if (!source || seen.has(path)) return;
    seen.add(path);
    for (const imported of importsOf(source).filter((i) => !i.typeOnly && !i.dynamic)) {
      if (imported.specifier.startsWith('.')) load(resolved(source, imported.specifier));
      else if (isHeavy(packageOf(imported.specifier)))
        findings.push(found(source, { imported }, `loads ${imported.specifier} at once`));
    }
  };
  load('src/index.ts');
  load('machines/index.ts');
  return findings;
}

const isHeavy = (name: string): boolean =>
  !PURE_PACKAGES.has(name) && !LIGHT_NODE_MODULES.has(name);

function undeclaredPackages(repository: Repository): readonly Finding[] {
  const text = repository.get('package.json')?.text ?? '{}';
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(text);
  const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  return eachFile(isProduction, (source) =>
    importsOf(source)
      .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter(({ specifier }) => !declared.has(packageOf(specifier)))
      .map((imported) => found(source, { imported }, `imports ${imported.specifier}, undeclared`)),
  )(repository);
}
