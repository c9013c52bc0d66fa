import * as React from 'react';
import { useStyles2 } from '@grafana/ui';
import type { ViewSnapshot } from 'fireline-wasm';
import type { Hover, Run } from './useFlameGraph';
import { getGraphStyles } from './styles';

interface Props {
  run: Run;
  snapshot?: ViewSnapshot;
  onHover: React.MutableRefObject<(hover?: Hover) => void>;
  setCanvas: (canvas: HTMLCanvasElement | null) => void;
  setBox: (box: HTMLElement | null) => void;
}

/** The canvas with its pointer and keys, and the text of the selected node for who cannot see it. */
export function GraphCanvas({ run, snapshot, onHover, setCanvas, setBox }: Props) {
  const styles = useStyles2(getGraphStyles);
  const [box, setOwnBox] = React.useState<HTMLElement | null>(null);
  const id = React.useId();
  const selected = snapshot?.selected;

  // React listens to the wheel passively, which cannot keep the page from scrolling.
  React.useEffect(() => {
    const wheel = (event: WheelEvent) =>
      run((view) => view.dispatch({
        kind: 'wheel', xCssPx: event.offsetX, deltaX: event.deltaX, deltaY: event.deltaY, deltaMode: event.deltaMode,
        zooms: event.ctrlKey || event.metaKey, sideways: event.shiftKey,
      }), event);
    box?.addEventListener('wheel', wheel, { passive: false });
    return () => box?.removeEventListener('wheel', wheel);
  }, [box, run]);

  const pointer = (kind: 'pointerMove' | 'pointerDown' | 'pointerUp') => (event: React.PointerEvent) => {
    if (kind === 'pointerDown') {
      if (event.button !== 0) {
        return;
      }
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    run((view) => view.dispatch({ kind, xCssPx: event.nativeEvent.offsetX, yCssPx: event.nativeEvent.offsetY }), event);
  };

  return (
    <div
      ref={(element) => { setBox(element); setOwnBox(element); }}
      className={styles.box}
      role="tree"
      tabIndex={0}
      aria-label={`Flame graph. ${snapshot?.status ?? ''}`}
      aria-activedescendant={selected && id}
      onKeyDown={(event) => run((view) => view.dispatch({ kind: 'key', key: event.key, command: event.ctrlKey || event.metaKey }), event)}
      onFocus={() => run((view) => view.dispatch({ kind: 'focusChanged', focused: true }))}
      onBlur={() => run((view) => view.dispatch({ kind: 'focusChanged', focused: false }))}
    >
      <canvas
        ref={setCanvas}
        className={styles.canvas}
        aria-hidden
        onPointerMove={pointer('pointerMove')}
        onPointerDown={pointer('pointerDown')}
        onPointerUp={pointer('pointerUp')}
        onPointerLeave={() => run((view) => view.dispatch({ kind: 'pointerLeave' }))}
        onPointerCancel={() => run((view) => view.dispatch({ kind: 'pointerLeave' }))}
      />
      {selected && (
        <div id={id} key={selected.text} className={styles.screenReaderOnly} role="treeitem" aria-selected aria-level={selected.level} aria-posinset={selected.place} aria-setsize={selected.siblingCount}>
          {selected.text}
        </div>
      )}
      <HoverLayer onHover={onHover} />
    </div>
  );
}

/** The highlight and tooltip of what the pointer is on. */
function HoverLayer({ onHover }: Pick<Props, 'onHover'>) {
  const styles = useStyles2(getGraphStyles);
  const [hover, setHover] = React.useState<Hover>();
  onHover.current = setHover;
  if (!hover) {
    return null;
  }
  const { tooltip, highlight } = hover;
  return (
    <>
      <div className={styles.highlight} style={{ left: highlight.xCssPx, top: highlight.yCssPx, width: highlight.widthCssPx, height: highlight.heightCssPx }} />
      <div className={styles.tooltip} style={{ left: tooltip.leftCssPx, right: tooltip.rightCssPx, top: tooltip.topCssPx, bottom: tooltip.bottomCssPx }} role="tooltip">
        <div className={styles.tooltipTitle}>{tooltip.title}</div>
        {tooltip.lines.map((line) => (
          <div key={line.label} className={styles.tooltipLine}>
            <span>{line.label}</span>
            <span>{line.value}</span>
          </div>
        ))}
      </div>
    </>
  );
}
