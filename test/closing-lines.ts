/**
 * The last lines of a test run: each skipped test with its reason, then `N passed, N failed`.
 * A file that does not load and an error outside of any test count as failed.
 */
import type { Reporter, TestModule } from 'vitest/node';

/** A reporter of vitest; it only adds lines to those of the default one. */
export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length };
    const skipped: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        if (result.state === 'failed') counts.failed += 1;
        if (result.state === 'skipped')
          skipped.push(`SKIPPED ${test.name}: ${result.note ?? 'no reason given'}`);
      }
    }
    const summary = `${counts.passed} passed, ${counts.failed} failed`;
    process.stdout.write(`${[...skipped, summary].join('\n')}\n`);
  }
}
