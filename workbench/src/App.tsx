import * as React from 'react';
import { css } from '@emotion/css';
import { createTheme, ThemeContext, type GrafanaTheme2, type RawTimeRange } from '@grafana/data';
import { LocationServiceProvider, config, locationService } from '@grafana/runtime';
import { ErrorBoundaryAlert, GlobalStyles, PortalContainer, RadioButtonGroup, RefreshPicker, TimeRangePicker, ToolbarButton, useStyles2 } from '@grafana/ui';
import { QueryPage } from './QueryPage';
import type { Plugins } from './services';
import { SettingsPage } from './SettingsPage';
import { moved, toTimeRange } from './time_range';
import { TrailTab } from './TrailTab';
import { keepTheme, readTheme, readUrl, TRAIL_PATH, writeUrl, type UrlState } from './url_state';

interface Props {
  plugins: Plugins;
  version: string;
}

const tabs: Array<{ value: UrlState['tab']; label: string }> = [
  { value: 'query', label: 'Query' },
  { value: 'trail', label: 'Trail' },
  { value: 'settings', label: 'Settings' },
];

/** The page: a theme around everything, as Grafana has. */
export function App(props: Props) {
  const [mode, setMode] = React.useState(readTheme);
  const theme = React.useMemo(() => createTheme({ colors: { mode } }), [mode]);
  config.theme2 = theme;
  const turn = () => {
    const other = theme.isDark ? 'light' : 'dark';
    keepTheme(other);
    setMode(other);
  };
  return (
    <LocationServiceProvider service={locationService}>
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <Page {...props} onTurnTheme={turn} isDark={theme.isDark} />
        <PortalContainer />
      </ThemeContext.Provider>
    </LocationServiceProvider>
  );
}

function Page({ plugins, version, onTurnTheme, isDark }: Props & { onTurnTheme: () => void; isDark: boolean }) {
  const styles = useStyles2(getStyles);
  const [state, setState] = React.useState(readUrl);
  const [asked, setAsked] = React.useState(0);
  const [refresh, setRefresh] = React.useState('');
  const change = (part: Partial<UrlState>) => setState((last) => ({ ...last, ...part }));
  const changeRange = (range: RawTimeRange) => change({ range });
  React.useEffect(() => writeUrl(state), [state]);
  React.useEffect(() => locationService.getHistory().listen(() => setState((last) => ({ ...last, tab: readUrl().tab }))), []);
  const open = (tab: UrlState['tab']) => locationService.push(tab === 'trail' ? TRAIL_PATH : `/?tab=${tab}`);
  React.useEffect(() => {
    const seconds = { '5s': 5, '10s': 10, '30s': 30, '1m': 60 }[refresh];
    const timer = seconds && window.setInterval(() => setAsked((last) => last + 1), seconds * 1000);
    return () => window.clearInterval(timer || undefined);
  }, [refresh]);
  const range = React.useMemo(() => toTimeRange(state.range), [state.range, asked]);

  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <h1 className={styles.name}>
          <img src="logo.svg" alt="" className={styles.logo} />
          Fireline
        </h1>
        <RadioButtonGroup size="sm" aria-label="Page" options={tabs} value={state.tab} onChange={open} />
        <span className={styles.space} />
        {state.tab === 'query' && (
          <>
            <TimeRangePicker
              value={range}
              onChange={({ raw }) => changeRange(raw)}
              onChangeTimeZone={() => {}}
              onMoveBackward={() => changeRange(moved(range, -0.5))}
              onMoveForward={() => changeRange(moved(range, 0.5))}
              onZoom={() => changeRange(moved(range, 0, 0.5))}
            />
            <RefreshPicker
              intervals={['5s', '10s', '30s', '1m']}
              value={refresh}
              onRefresh={() => setAsked(asked + 1)}
              onIntervalChanged={setRefresh}
            />
          </>
        )}
        <ToolbarButton
          icon="palette"
          iconSize="lg"
          aria-label={isDark ? 'Light theme' : 'Dark theme'}
          tooltip={isDark ? 'Light theme' : 'Dark theme'}
          onClick={onTurnTheme}
        />
      </header>
      <main className={styles.main}>
        <ErrorBoundaryAlert title="The workbench failed" dependencies={[state.tab]}>
          {state.tab === 'query' && <QueryPage {...{ plugins, state, change, range, asked }} />}
          {state.tab === 'settings' && <SettingsPage plugins={plugins} version={version} />}
          {state.tab === 'trail' && <TrailTab plugins={plugins} />}
        </ErrorBoundaryAlert>
      </main>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', minHeight: '100vh', background: theme.colors.background.canvas }),
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 2),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    position: 'sticky',
    top: 0,
    zIndex: theme.zIndex.navbarFixed,
  }),
  name: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), margin: theme.spacing(0, 2, 0, 0), fontSize: theme.typography.h4.fontSize }),
  logo: css({ height: 24, filter: theme.isDark ? undefined : 'drop-shadow(0 0 1px rgba(0, 0, 0, .35))' }),
  space: css({ flexGrow: 1 }),
  main: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, gap: theme.spacing(1), padding: theme.spacing(2) }),
});
