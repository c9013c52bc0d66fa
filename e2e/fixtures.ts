import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { FlameGraph, QueryEditor, type Driver } from './pages/driver';
import { GrafanaDriver } from './pages/grafana_driver';
import { WorkbenchDriver } from './pages/workbench_driver';
import { startStack, type Stack } from './stack';

interface Fixtures {
  driver: Driver;
  editor: QueryEditor;
  flameGraph: FlameGraph;
}

export interface WorkerFixtures {
  /** The folder, below the repository, of the bundle and the page. */
  dist: string;
  /** A server of our own; undefined where FIRELINE_URL names one that runs already, and for Grafana. */
  stack: Stack | undefined;
  /** Where the workbench is. */
  url: string | undefined;
}

const { FIRELINE_PROGRAMS, FIRELINE_URL, GRAFANA_URL, GRAFANA_DATASOURCE = 'fireline' } = process.env;

export const test = base.extend<Fixtures, WorkerFixtures>({
  dist: ['dist', { option: true, scope: 'worker' }],
  stack: [
    async ({ dist }, use, { project }) => {
      const isNeeded = FIRELINE_PROGRAMS && project.name !== 'grafana' && (project.name === 'workbench' || isBuilt(dist));
      const stack = isNeeded ? await startStack(FIRELINE_PROGRAMS, '/', undefined, dist) : undefined;
      await use(stack);
      await stack?.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  url: [async ({ stack, dist }, use) => use(stack?.url ?? (dist === 'dist' ? FIRELINE_URL : undefined)), { scope: 'worker' }],
  driver: async ({ page, url, dist }, use, info) => {
    if (info.project.name === 'grafana') {
      test.skip(!GRAFANA_URL, 'GRAFANA_URL is not given');
      const complaints = complaintsOf(page);
      await use(new GrafanaDriver(page, GRAFANA_URL ?? '', GRAFANA_DATASOURCE));
      expect(complaints, 'errors in the console').toEqual([]);
      return;
    }
    test.skip(!isBuilt(dist), `the page with other packages is not in ${dist}: cargo xtask test builds it`);
    if (!url) {
      throw new Error('neither FIRELINE_PROGRAMS (a folder with fireline and fireline-demo) nor FIRELINE_URL is given');
    }
    const complaints = complaintsOf(page);
    await use(new WorkbenchDriver(page, url));
    expect(info.project.name === 'workbench' ? [] : complaints, 'errors in the console').toEqual([]);
  },
  editor: async ({ driver }, use) => use(new QueryEditor(driver.editor())),
  flameGraph: async ({ driver }, use) => use(new FlameGraph(driver.flamePanel())),
});

const isBuilt = (dist: string) => dist === 'dist' || existsSync(path.resolve(__dirname, '..', dist, 'workbench/index.html'));

/** What the page throws, and what our modules or React complain about; Grafana's own troubles are its own. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isOurs = /\/public\/plugins\/fireline-/.test(message.location().url) || /React error|fireline-/.test(message.text());
    if (message.type() === 'error' && isOurs) {
      complaints.push(message.text());
    }
  });
  return complaints;
}

/** Skips what needs processes of our own. */
export function ownStack(stack: Stack | undefined): Stack {
  test.skip(!stack, 'needs a server of its own: FIRELINE_PROGRAMS is not given');
  return stack as Stack;
}

export const programs = FIRELINE_PROGRAMS;

export { expect };
