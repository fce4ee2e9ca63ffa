/** Work reports: what work tells of itself while it runs, added up once. */
import type { Cell } from '../../actor/index.ts';
import type { Stage } from '../../engine/index.ts';
import { parse, type Report, runIdOf } from '../../protocol/index.ts';
import { checkSize } from '../../runs/index.ts';
import type { WorkPorts } from '../ports.ts';
import type { Recorded } from './recorded.ts';
import { ReportOptions } from './step-options.ts';

/** What it needs of the activation. */
export interface ReportPorts {
  readonly cell: Cell;
  readonly attempt: number;
  readonly ports: Pick<WorkPorts, 'host'>;
  readonly recorded: Recorded;
  /** Waits until the work is on its slot. */
  readonly onSlot: () => Promise<void>;
  /** Runs a command for the run. */
  readonly enter: <Value>(call: string, command: (stage: Stage) => Value) => Promise<Value>;
}

/** The reports of one activation. */
export class WorkReports {
  readonly #on: ReportPorts;

  constructor(on: ReportPorts) {
    this.#on = on;
  }

  /**
   * Reports progress; resolves when that is durable. What is added up over reports, learnings and
   * cost, is added once, however often this attempt runs again.
   */
  async report(given: Report): Promise<void> {
    const { cell, attempt, ports, recorded, onSlot, enter } = this.#on;
    const what = `report of ${runIdOf(cell.address)}`;
    const report = parse(ReportOptions, given, what);
    checkSize(report, what, ports.host.limits);
    const name = recorded.nameOfReport(attempt, report);
    if (name !== undefined && recorded.get(name) !== undefined) return;
    await onSlot();
    const event = { type: 'task.report', attempt, ...report };
    await enter('report', (stage) => {
      stage.send(cell.address, event);
      if (name !== undefined) stage.record(cell, name, true);
    });
  }
}
