import * as React from 'react';
import type { DataFrame, PanelProps } from '@grafana/data';
import { Alert, Icon, IconButton, Input, RadioButtonGroup, useStyles2, useTheme2 } from '@grafana/ui';
import type { Pane, PanelOptions, ViewSnapshot } from 'fireline-wasm';
import { Explained } from '../form/Explained';
import type { Fireline } from '../wasm/load';
import { attempt } from '../wasm/panic';
import { FrameLinks } from './FrameLinks';
import { FunctionTable } from './FunctionTable';
import { GraphCanvas } from './GraphCanvas';
import { getPanelStyles } from './styles';
import { type Read, type Run, useFlameGraph } from './useFlameGraph';
import { useSize } from './useSize';

const choice = (value: Pane, icon: string, description: string) => ({ value, icon, description, ariaLabel: description });
const narrowPanes = [choice('graph', 'fire', 'Flame graph'), choice('table', 'table', 'Table')];
const widePanes = [...narrowPanes, choice('both', 'columns', 'Both')];

interface Props extends Pick<PanelProps<PanelOptions>, 'data' | 'options' | 'width' | 'height'> {
  fireline: Fireline;
  /** What is zoomed to, where somebody else remembers it: the functions from below the root; none for the whole profile. */
  zoomed?: string[];
  /** Told what a person zooms to. */
  onZoom?: (path: string[]) => void;
}

/** A flame graph with its toolbar, its way back and its table. */
export function FlameGraphPanel({ fireline, data, options, width, height, zoomed, onZoom }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getPanelStyles);
  const [canvas, setCanvas] = React.useState<HTMLCanvasElement | null>(null);
  const [box, setBox] = React.useState<HTMLElement | null>(null);
  const search = React.useRef<HTMLInputElement>(null);
  const size = useSize(box);
  const { read, snapshot, failure, setFailure, run, onHover } = useFlameGraph(fireline, canvas, search);

  React.useLayoutEffect(() => {
    run((view) => view.setProps({
      widthCssPx: size.width,
      heightCssPx: size.height,
      panelWidthCssPx: width,
      devicePixelRatio: size.ratio,
      isDark: theme.isDark,
      background: theme.colors.background.primary,
      text: theme.colors.text.primary,
      accent: theme.colors.primary.border,
      fontFamily: theme.typography.fontFamily,
      locale: document.documentElement.lang,
    }));
  }, [run, size, width, theme]);
  const pane = React.useMemo(() => attempt(fireline, () => fireline.migratePanelOptions(options)).value?.pane ?? 'both', [fireline, options]);
  React.useLayoutEffect(() => run((view) => view.dispatch({ kind: 'setPane', pane })), [run, pane]);
  React.useLayoutEffect(() => run((view) => view.setFrames(data.series)), [run, data.series]);

  useZoom(read, run, snapshot, data.series, zoomed, onZoom);

  if (failure) {
    return <Alert severity="error" title="The flame graph stopped working">{failure} Reload the page to go on.</Alert>;
  }
  const error = data.errors?.[0]?.message;
  const message = snapshot?.message && error ? { title: 'The query failed', text: error, isError: true } : snapshot?.message;
  return (
    <div className={styles.panel} style={{ width, height }}>
      <Toolbar run={run} search={search} text={snapshot?.search?.text ?? ''} pane={snapshot?.pane} wide={snapshot?.hasRoomForBoth} />
      <WayBar run={run} snapshot={snapshot}><FrameLinks series={data.series} read={read} /></WayBar>
      {snapshot?.notices.map((notice) => <div key={notice} className={styles.notice} role="status"><Icon name="info-circle" size="sm" /> {notice}</div>)}
      <Explained frames={data.series} />
      {snapshot && snapshot.legend.length > 0 && (
        <div className={styles.legend} role="note" aria-label="Colours">
          <span>Share of the profile:</span>
          {snapshot.legend.map(({ label, title, colour, textColour }) => <span key={label} title={title} style={{ background: colour, color: textColour }}>{label}</span>)}
        </div>
      )}
      <div className={styles.panes}>
        {snapshot?.showsTable && !message && <FunctionTable read={read} version={snapshot.tableVersion} run={run} onFailure={setFailure} />}
        <div className={styles.graph} hidden={snapshot && !snapshot.showsGraph && !message}>
          <GraphCanvas run={run} status={snapshot?.status} selected={snapshot?.selected} onHover={onHover} setCanvas={setCanvas} setBox={setBox} />
          {message && (
            <div className={styles.message} role={message.isError ? 'alert' : 'status'}>
              <Icon name={message.isError ? 'exclamation-triangle' : 'info-circle'} size="xl" />
              <strong>{message.title}</strong>
              <span>{message.text}</span>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** Zooms to where it is told, and tells of every other change of what is zoomed to. */
function useZoom(read: Read, run: Run, snapshot: ViewSnapshot | undefined, series: DataFrame[], zoomed: Props['zoomed'], onZoom: Props['onZoom']) {
  const last = React.useRef('[]');
  const pathNow = () => JSON.stringify(read((view) => view.zoomedPath())?.value ?? []);
  const wanted = zoomed && JSON.stringify(zoomed);
  React.useLayoutEffect(() => {
    if (wanted) {
      run((view) => view.dispatch({ kind: 'zoomPath', path: JSON.parse(wanted) }));
      last.current = pathNow();
    }
  }, [read, run, series, wanted]);
  React.useEffect(() => {
    const text = onZoom ? pathNow() : last.current;
    if (text !== last.current) {
      last.current = text;
      onZoom?.(JSON.parse(text));
    }
  }, [read, snapshot, onZoom]);
}

type ToolbarProps = { run: Run; search: React.RefObject<HTMLInputElement>; text: string; pane?: Pane; wide?: boolean };

/** Rendered only when what it shows changes: Grafana's widgets take longer than the graph. */
const Toolbar = React.memo(function Toolbar({ run, search, text, pane, wide }: ToolbarProps) {
  const styles = useStyles2(getPanelStyles);
  const setText = (text: string) => run((view) => view.dispatch({ kind: 'search', text }));
  return (
    <div className={styles.toolbar}>
      <Input
        ref={search}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && text && (setText(''), event.stopPropagation())}
        placeholder="Search functions"
        aria-label="Search functions"
        prefix={<Icon name="search" />}
        suffix={<span style={{ display: text ? 'flex' : 'none' }}><ClearButton run={run} /></span>}
      />
      <RadioButtonGroup options={wide ? widePanes : narrowPanes} value={pane} onChange={(pane) => run((view) => view.dispatch({ kind: 'setPane', pane }))} />
    </div>
  );
});

/** Rendered once, like the button that leads back: making them takes longer than a zoom. */
const ClearButton = React.memo(function ClearButton({ run }: { run: Run }) {
  return <IconButton name="times" aria-label="Clear search" onClick={() => run((view) => view.dispatch({ kind: 'search', text: '' }))} />;
});

const BackButton = React.memo(function BackButton({ run }: { run: Run }) {
  return <IconButton name="arrow-left" size="sm" aria-label="Back" tooltip="Back (Esc)" onClick={() => run((view) => view.dispatch({ kind: 'back' }))} />;
});

/** Where one is and how one got there; what a search found. */
function WayBar({ run, snapshot, children }: React.PropsWithChildren<{ run: Run; snapshot?: ViewSnapshot }>) {
  const styles = useStyles2(getPanelStyles);
  return (
    <nav className={styles.way} aria-label="Zoom">
      <span style={{ display: snapshot?.canGoBack ? 'flex' : 'none' }}><BackButton run={run} /></span>
      {snapshot?.breadcrumb.map(({ node, label, title }, place) => (
        <React.Fragment key={node ?? 'between'}>
          {place > 0 && <span aria-hidden>›</span>}
          <button disabled={node === undefined} title={title} style={place === 0 ? { flexShrink: 0, maxWidth: 120 } : undefined} onClick={() => node !== undefined && run((view) => view.dispatch({ kind: 'zoom', node }))}>{label}</button>
        </React.Fragment>
      ))}
      {snapshot?.breadcrumb.length === 0 && <span>{snapshot.status}</span>}
      {snapshot?.search && <span className={styles.found} role="status" title={snapshot.search.error}>{snapshot.search.error ?? snapshot.search.summary}</span>}
      <span className={styles.links}>{children}</span>
    </nav>
  );
}
