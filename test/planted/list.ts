/** The list of the planted bugs, as a page. */
import { fileURLToPath } from 'node:url';
import { bugs, type PlantedBug } from './bugs/index.ts';

/** Where it stands. */
export const LIST = fileURLToPath(new URL('./README.md', import.meta.url));

const isOfTeam = ({ file }: PlantedBug): boolean => file.startsWith('test/planted/teams/');

const table = (listed: readonly PlantedBug[]): string =>
  [
    '| bug | what is wrong | where | played on |',
    '| --- | --- | --- | --- |',
    ...listed.map(
      ({ name, sentence, file, team }) => `| \`${name}\` | ${sentence} | \`${file}\` | ${team} |`,
    ),
  ].join('\n');

/** The page. */
export const page = (): string => `# Planted bugs

Bugs that the kit has to find. Each is a patch on one place of a copy of the sources
(\`bugs/\`); nothing in the product knows of them. A hunt plays a team (\`teams/\`) in a
process of its own, as any user would with \`property\`: the kit must see a law break within
2,000 scripts. The same plays hold on the sources as they are.

\`npm test\` hunts five of them, \`npm run test:long\` all of them;
\`node test/planted/write-list.ts\` writes this page.

## In the runtime (${bugs.filter((bug) => !isOfTeam(bug)).length})

${table(bugs.filter((bug) => !isOfTeam(bug)))}

## In what an app defines (${bugs.filter(isOfTeam).length})

${table(bugs.filter(isOfTeam))}
`;
