import { defineConfig } from '@playwright/test';
import type { WorkerFixtures } from './fixtures';

// Two drivers over the same specs: the workbench, and a Grafana that GRAFANA_URL names.
export default defineConfig<object, WorkerFixtures>({
  testDir: 'specs',
  outputDir: 'test-results',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['./reporter.ts']],
  use: {
    viewport: { width: 1280, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
  },
  projects: [
    { name: 'workbench', grepInvert: /@grafana/ },
    // The workbench with the packages of the oldest and the newest Grafana, where it is built: what one sees first of everything.
    {
      name: 'grafana-11', grepInvert: /@grafana/, use: { dist: 'target/grafana-11' },
      testMatch: ['first_look', 'query_editor', 'smoke'].map((name) => `${name}.spec.ts`),
    },
    {
      name: 'grafana-13', grepInvert: /@grafana/, use: { dist: 'target/grafana-13' },
      testMatch: ['first_look', 'flame_graph', 'query_editor', 'settings', 'smoke'].map((name) => `${name}.spec.ts`),
    },
    // Wider, for Grafana's navigation stands beside.
    { name: 'grafana', grepInvert: /@workbench/, use: { viewport: { width: 1680, height: 1000 } } },
  ],
});
