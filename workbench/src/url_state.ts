import type { DataQuery, RawTimeRange } from '@grafana/data';

/** What a link to the page says: enough to show the same again. */
export interface UrlState {
  tab: 'query' | 'settings' | 'trail';
  query?: DataQuery;
  range: RawTimeRange;
}

/** Where Grafana has the app's page. */
export const TRAIL_PATH = '/a/fireline-profiles-app/trail';

export function readUrl(): UrlState {
  const params = new URLSearchParams(window.location.search);
  const tab = params.get('tab') === 'settings' ? 'settings' : 'query';
  return {
    tab: window.location.pathname.endsWith(TRAIL_PATH) ? 'trail' : tab,
    query: parsed(params.get('query')),
    range: { from: time(params.get('from')) ?? 'now-15m', to: time(params.get('to')) ?? 'now' },
  };
}

/** Writes the state into the address, without a new entry in the history. The app's page writes its own. */
export function writeUrl({ tab, query, range }: UrlState) {
  if (tab === 'trail') {
    return;
  }
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
  const isLight = theme ? theme === 'light' : window.matchMedia('(prefers-color-scheme: light)').matches;
  return isLight ? 'light' : 'dark';
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
