/** Bugs of the teams: what users get wrong on a runtime that is right. */
import type { PlantedBug } from './bug.ts';

const publishing = 'test/planted/teams/publishing.ts';
const orders = 'test/planted/teams/orders.ts';
const support = 'test/planted/teams/support.ts';
const machines = 'test/planted/teams/machines.ts';

/** Bugs in what an app defines. */
export const teamBugs: readonly PlantedBug[] = [
  {
    name: 'one-yes-of-two',
    sentence: 'Two people are asked, and the issue is printed when the first has said yes.',
    file: publishing,
    team: 'publishing',
    from: `    after: ['style', 'law', 'paint', 'index'],`,
    to: `    after: ['style', 'paint', 'index'],`,
  },
  {
    name: 'late-editor-is-passed-over',
    sentence: 'An editor who answers too late is passed over, and the issue is printed.',
    file: publishing,
    team: 'publishing',
    from: `  .step('style', editor, ({ write }) => write, { after: ['write'] })`,
    to: `  .step('style', editor, ({ write }) => write, { after: ['write'], optional: true })`,
  },
  {
    name: 'deadline-forgotten',
    sentence: 'A question without an end: an issue whose editor never answers waits for ever.',
    file: publishing,
    team: 'publishing',
    from: `  remindEvery: '12h',
  expiresIn: '2d',`,
    to: `  remindEvery: '12h',`,
  },
  {
    name: 'hall-is-kept',
    sentence: 'The hall stays booked for an issue that does not come out.',
    file: publishing,
    team: 'publishing',
    from: `    undo: () => 'free again',
`,
    to: ``,
  },
  {
    name: 'charged-in-each-attempt',
    sentence: 'The deed has another name in each attempt, so the customer pays again.',
    file: orders,
    team: 'orders',
    from: `  work: async ({ input, step, sleep }) => {
    const payment = await step('charge', `,
    to: `  work: async ({ input, step, sleep, attempt }) => {
    const payment = await step(\`charge-\${attempt}\`, `,
  },
  {
    name: 'no-refund',
    sentence: 'The money of an order that is lost is not given back.',
    file: orders,
    team: 'orders',
    from: `    undo: ({ result }) => \`refund of \${result.receipt}\`,
`,
    to: ``,
  },
  {
    name: 'shipped-unpaid',
    sentence: 'The parcel goes out while the money is still being taken.',
    file: orders,
    team: 'orders',
    from: `  .step('ship', courier, ({ input }) => input);`,
    to: `  .step('ship', courier, ({ input }) => input, { after: ['pack'] });`,
  },
  {
    name: 'clock-outside-a-step',
    sentence: 'Work reads the clock outside of a step, and asks otherwise when it runs again.',
    file: orders,
    team: 'orders',
    from: `    await step('note', () => undefined);`,
    to: `    await step(\`note-\${Date.now() % 9973}\`, () => undefined);`,
  },
  {
    name: 'courier-never-gives-up',
    sentence: 'A loop without a bound: the courier comes back every month, for ever.',
    file: orders,
    team: 'orders',
    from: `month <= 3; month += 1`,
    to: `month > 0; month += 1`,
  },
  {
    name: 'low-tickets-are-pushed-out',
    sentence: 'A small mailbox drops what is least urgent: under load nobody sees it.',
    file: support,
    team: 'desk',
    from: `  retry: { attempts: 5, backoff: '1s' },
  on: {
    ticket`,
    to: `  retry: { attempts: 5, backoff: '1s' },
  mailbox: { capacity: 3, whenFull: 'drop-oldest' },
  on: {
    ticket`,
  },
  {
    name: 'no-patience',
    sentence: 'Work without a time-out waits for ever for an answer that was lost.',
    file: support,
    team: 'agent',
    from: `  id: 'agent',
  timeout: '5h',`,
    to: `  id: 'agent',`,
  },
  {
    name: 'booked-twice',
    sentence: 'An account forgets which entries it has, and books one again that is said again.',
    file: machines,
    team: 'account',
    from: `{ guard: 'isNew', actions: 'book' }`,
    to: `{ actions: 'book' }`,
  },
  {
    name: 'ware-for-too-little',
    sentence: 'A guard is inverted: the ware goes out for too few coins.',
    file: machines,
    team: 'till',
    from: `context.coins >= price },`,
    to: `context.coins <= price },`,
  },
  {
    name: 'no-way-out-of-paying',
    sentence: 'A transition is missing: who has too few coins stands at the till for ever.',
    file: machines,
    team: 'till',
    from: `      after: { 600000: 'refunding' },
`,
    to: ``,
  },
  {
    name: 'till-breaks-down',
    sentence: 'The failure of the dispenser is not caught, and the coins are gone.',
    file: machines,
    team: 'till',
    from: `onDone: 'sold', onError: 'refunding' },`,
    to: `onDone: 'sold' },`,
  },
];
