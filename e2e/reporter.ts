import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { Coverage, nameOfGrafana } from './coverage';

const COVERAGE = path.join(__dirname, 'COVERAGE.md');

/** Says what passed and failed, names what did not run, and keeps COVERAGE.md true. What passed is written there when asked for by FIRELINE_BLESS. */
export default class LineReporter implements Reporter {
  private passed = 0;
  private failed = 0;
  private notRun: string[] = [];
  private tests: TestCase[] = [];
  private readonly passing: TestCase[] = [];
  /** Some of the specs only. */
  private readonly isPart = process.argv.some((argument) => /\.spec|^-g|^--(grep|project|shard)/.test(argument));
  private readonly coverage = new Coverage(readFileSync(COVERAGE, 'utf8'));
  private stale = false;

  onBegin(_config: unknown, suite: Suite) {
    this.tests = suite.allTests();
    this.stale = !this.isPart && !process.env.FIRELINE_BLESS && !this.coverage.isOf(this.tests);
  }

  onTestEnd(test: TestCase, result: TestResult) {
    const name = `[${test.parent.project()?.name}] ${test.title}`;
    if (result.status === 'skipped') {
      const reason = test.annotations.find(({ type }) => type === 'skip')?.description ?? 'not possible here';
      this.notRun.push(`${name}: ${reason}`);
    } else if (result.status === 'passed') {
      this.passed += 1;
      this.passing.push(test);
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
    if (process.env.FIRELINE_BLESS) {
      await this.writeCoverage(process.env.GRAFANA_URL);
    }
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
  private async writeCoverage(grafanaUrl?: string) {
    const grafana = grafanaUrl ? await nameOfGrafana(grafanaUrl) : '';
    if (!this.isPart) {
      this.coverage.keepOnly(this.tests);
    }
    for (const project of ['workbench', 'grafana']) {
      const tests = this.passing.filter((test) => test.parent.project()?.name === project);
      this.coverage.passed(tests, project, grafana);
    }
    writeFileSync(COVERAGE, this.coverage.toMarkdown(this.tests));
  }
}
