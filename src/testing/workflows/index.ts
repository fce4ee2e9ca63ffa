/** Door of the checks of workflows, bots and tasks. */
export { checkTeam, type TeamResult } from './check-team.ts';
export { type Team, teamOf } from './team.ts';
