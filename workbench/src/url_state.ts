import type { DataQuery, RawTimeRange } from '@grafana/data';

/** What a link to the page says: enough to show the same again. */
export interface UrlState {
  tab: 'query' | 'settings';
  query?: DataQuery;
  range: RawTimeRange;
}

export function readUrl(): UrlState {
  const params = new URLSearchParams(window.location.search);
  return {
    tab: params.get('tab') === 'settings' ? 'settings' : 'query',
    query: parsed(params.get('query')),
    range: { from: time(params.get('from')) ?? 'now-15m', to: time(params.get('to')) ?? 'now' },
  };
}

/** Writes the state into the address, without a new entry in the history. */
export function writeUrl({ tab, query, range }: UrlState) {
  const params = new URLSearchParams(window.location.search);
  params.set('tab', tab);
  params.set('from', String(range.from.valueOf()));
  params.set('to', String(range.to.valueOf()));
  if (query) {
    params.set('query', JSON.stringify(query));
  }
  window.history.replaceState(null, '', `?${params}`);
}

export function readTheme(): 'dark' | 'light' {
  const theme = new URLSearchParams(window.location.search).get('theme') ?? window.localStorage.getItem('fireline.theme');
  return theme === 'light' ? 'light' : 'dark';
}

export function keepTheme(theme: 'dark' | 'light') {
  window.localStorage.setItem('fireline.theme', theme);
  const params = new URLSearchParams(window.location.search);
  params.set('theme', theme);
  window.history.replaceState(null, '', `?${params}`);
}

/** Grafana writes absolute times as milliseconds, relative ones as `now-1h`. */
const time = (text: string | null) => (text && /^\d+$/.test(text) ? new Date(Number(text)).toISOString() : text || undefined);

function parsed(text: string | null): DataQuery | undefined {
  try {
    // Answers are found by their refId, which a link written by hand need not have.
    return text ? { refId: 'A', ...JSON.parse(text) } : undefined;
  } catch {
    return undefined;
  }
}
