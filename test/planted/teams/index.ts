/** The plays by name, as bugs and hunts call them. */
import type { TeamName } from '../bugs/index.ts';
import { clerks, helpers, typists } from './external.ts';
import { accounts, news, sales } from './machines.ts';
import { auditedOrder, lateOrder, orders, twoOrders } from './orders.ts';
import { publishing } from './publishing.ts';
import { agents, hints, tickets } from './support.ts';
import type { PlantedTeam } from './team.ts';

export type { PlantedTeam } from './team.ts';

/** What is played when bugs are hunted. */
export const teams: Readonly<Record<TeamName, PlantedTeam>> = {
  publishing,
  orders,
  'two-orders': twoOrders,
  'audited-order': auditedOrder,
  'late-order': lateOrder,
  desk: tickets,
  hints,
  agent: agents,
  news,
  till: sales,
  account: accounts,
  clerk: clerks,
  helper: helpers,
  typist: typists,
};
