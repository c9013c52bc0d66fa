import type { Page } from '@playwright/test';
import type { Driver } from './driver';

/** Plays on the workbench page. */
export class WorkbenchDriver implements Driver {
  constructor(
    readonly page: Page,
    private readonly url: string
  ) {}

  async open(state?: Record<string, unknown>) {
    const url = new URL(this.url);
    if (state) {
      url.searchParams.set('query', JSON.stringify(state));
    }
    await this.page.goto(url.href);
    await this.editor().waitFor();
  }

  editor = () => this.page.getByRole('region', { name: 'Query', exact: true });
  flamePanel = () => this.page.getByRole('region', { name: 'Flame graph', exact: true });
  failure = () => this.page.getByRole('alert').filter({ hasText: 'The query failed' });

  async runQuery() {
    await this.page.getByRole('button', { name: 'Run query' }).click();
  }

  async setTheme(theme: 'dark' | 'light') {
    const button = this.page.getByRole('button', { name: theme === 'light' ? 'Light theme' : 'Dark theme' });
    if (await button.isVisible()) {
      await button.click();
    }
  }

  queryInUrl() {
    return JSON.parse(new URL(this.page.url()).searchParams.get('query') ?? '{}');
  }
}
