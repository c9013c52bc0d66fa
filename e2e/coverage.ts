import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { TestCase } from '@playwright/test/reporter';

/** What is shown, and what every column says of it. */
type Rows = Map<string, Map<string, string>>;

const WORKBENCH = 'workbench';
/** The spec's subject is not there. */
const NOTHING = '–';

/** What the specs show, and where each of them passed last. */
export class Coverage {
  private columns = [WORKBENCH];
  private rows: Rows = new Map();

  /** Reads what was written before. */
  constructor(written: string) {
    const [header, , ...rows] = written.split('\n').filter((line) => line.startsWith('|')).map(cellsOf);
    this.columns = header?.slice(2) ?? this.columns;
    for (const [about, shown, ...cells] of rows) {
      this.rows.set(`${about} | ${shown}`, new Map(this.columns.map((column, at) => [column, cells[at]])));
    }
  }

  /** Which specs there are, and what each of them can run in. */
  isOf(tests: TestCase[]) {
    const found = new Set(tests.map((test) => `${nameOf(test)} ${canRun(test, WORKBENCH)} ${canRun(test, 'grafana')}`));
    const isThere = (cells: Map<string, string>, where: (column: string) => boolean) =>
      [...cells].some(([column, cell]) => where(column) && cell !== NOTHING);
    const written = [...this.rows].map(
      ([name, cells]) => `${name} ${isThere(cells, (column) => column === WORKBENCH)} ${isThere(cells, (column) => column !== WORKBENCH)}`
    );
    return found.size === written.length && written.every((row) => found.has(row));
  }

  /** Keeps the rows of these specs only, in their order. */
  keepOnly(tests: TestCase[]) {
    const known = this.rows;
    this.rows = new Map(tests.map((test) => [nameOf(test), known.get(nameOf(test)) ?? new Map()]));
  }

  /** Notes that these specs passed, in the workbench or in a Grafana. */
  passed(tests: TestCase[], project: string, grafana: string) {
    const column = project === WORKBENCH ? WORKBENCH : grafana;
    if (tests.length > 0 && !this.columns.includes(column)) {
      this.columns.push(column);
    }
    const when = `${commit()}, ${new Date().toISOString().slice(0, 10)}`;
    for (const test of tests) {
      this.rows.set(nameOf(test), new Map([...(this.rows.get(nameOf(test)) ?? []), [column, when]]));
    }
  }

  /** As it is written down. `tests`: those whose rows may be new. */
  toMarkdown(tests: TestCase[]): string {
    const known = new Map(tests.map((test) => [nameOf(test), test]));
    const lines = [...this.rows].map(([name, cells]) => {
      const test = known.get(name);
      // Of a spec that was not among those of this run, another Grafana's column tells.
      const others = [...cells].filter(([column]) => column !== WORKBENCH);
      const isPossible = (column: string) => (test ? canRun(test, column === WORKBENCH ? WORKBENCH : 'grafana') : others.some(([, cell]) => cell !== NOTHING));
      return row([name, ...this.columns.map((column) => cells.get(column) ?? (isPossible(column) ? '' : NOTHING))]);
    });
    return `# What the browser tests cover

Written by the tests' reporter: \`FIRELINE_BLESS=1 npm run e2e\` renews it, with \`GRAFANA_URL\` for a Grafana's column.
A cell says at which commit and on which day the test passed last; a dash, that its subject is not there; an empty one, that it did not run there yet.

${[row(['about | what is shown', ...this.columns]), `|${'---|'.repeat(this.columns.length + 2)}`, ...lines].join('\n')}
`;
  }
}

/** A Grafana by its version, and its React where that is not the usual one. */
export async function nameOfGrafana(url: string): Promise<string> {
  const read = async (address: string) => (await fetch(new URL(address, url))).json();
  const [{ version }, { featureToggles }] = await Promise.all([read('/api/health'), read('/api/frontend/settings')]);
  return `Grafana ${version}${featureToggles?.react19 ? ', React 19' : ''}`;
}

const row = (cells: string[]) => `| ${cells.join(' | ')} |`;

const cellsOf = (line: string) => line.split('|').slice(1, -1).map((cell) => cell.trim());

const nameOf = (test: TestCase) =>
  `${path.basename(test.location.file, '.spec.ts').replaceAll('_', ' ')} | ${test.title.replace(/ @\w+/g, '')}`;

/** A spec tagged with one of the two runs nowhere else. */
const canRun = (test: TestCase, project: string) => !test.tags.includes(project === WORKBENCH ? '@grafana' : '@workbench');

/** The commit that is checked out, and whether there is more than that. */
function commit(): string {
  const git = (...words: string[]) => execFileSync('git', ['-C', __dirname, ...words], { encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', ':/', ':!/e2e/COVERAGE.md');
  return `${git('rev-parse', '--short', 'HEAD')}${changes ? ' with changes' : ''}`;
}
