import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';

const COVERAGE = path.join(__dirname, 'COVERAGE.md');

/** Says what passed and failed, names what did not run, and keeps COVERAGE.md true. */
export default class LineReporter implements Reporter {
  private passed = 0;
  private failed = 0;
  private notRun: string[] = [];
  private stale = false;

  onBegin(_config: unknown, suite: Suite) {
    const written = coverage(suite.allTests());
    const isPart = process.argv.some((argument) => /\.spec|^-g|^--(grep|project|shard)/.test(argument));
    if (isPart) {
      return;
    }
    if (process.env.FIRELINE_BLESS) {
      writeFileSync(COVERAGE, written);
    } else if (readFileSync(COVERAGE, 'utf8') !== written) {
      this.stale = true;
    }
  }

  onTestEnd(test: TestCase, result: TestResult) {
    const name = `[${test.parent.project()?.name}] ${test.title}`;
    if (result.status === 'skipped') {
      const reason = test.annotations.find(({ type }) => type === 'skip')?.description ?? 'not possible here';
      this.notRun.push(`${name}: ${reason}`);
    } else if (result.status === 'passed') {
      this.passed += 1;
      console.log(`ok ${name} (${(result.duration / 1000).toFixed(1)} s)`);
    } else {
      this.failed += 1;
      console.log(`FAILED ${name} (${result.status})\n${result.error?.message ?? ''}\n${result.error?.snippet ?? ''}`);
      for (const { name, path } of result.attachments) {
        console.log(`  ${name}: ${path ?? ''}`);
      }
    }
  }

  onError(error: { message?: string }) {
    this.failed += 1;
    console.log(`FAILED ${error.message}`);
  }

  async onEnd(): Promise<{ status: FullResult['status'] } | undefined> {
    if (this.stale) {
      this.failed += 1;
      console.log('FAILED e2e/COVERAGE.md is not what the specs say: FIRELINE_BLESS=1 npm run e2e renews it');
    }
    for (const name of this.notRun) {
      console.log(`not run: ${name}`);
    }
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.notRun.length} skipped`);
    return this.stale ? { status: 'failed' } : undefined;
  }

  printsToStdio() {
    return true;
  }
}

/** A table of all specs, and where each can run. */
function coverage(tests: TestCase[]): string {
  const rows = new Map<string, Set<string>>();
  for (const test of tests) {
    const name = `${path.basename(test.location.file, '.spec.ts').replaceAll('_', ' ')} | ${test.title.replace(/ @\w+/g, '')}`;
    rows.set(name, (rows.get(name) ?? new Set()).add(test.parent.project()?.name ?? ''));
  }
  const mark = (where: Set<string>, driver: string) => (where.has(driver) ? 'yes' : '–');
  const lines = [...rows].map(([name, where]) => `| ${name} | ${mark(where, 'workbench')} | ${mark(where, 'grafana')} |`);
  return `# What the browser tests cover

Written by the tests' reporter; \`FIRELINE_BLESS=1 npm run e2e\` renews it.
The column of Grafana runs only where \`GRAFANA_URL\` names one.

| about | what is shown | workbench | Grafana |
|---|---|---|---|
${lines.join('\n')}
`;
}
