import * as React from 'react';
import { useStyles2 } from '@grafana/ui';
import type { NodeMirror } from 'fireline-wasm';
import { HoverLayer, type OnHover } from './HoverLayer';
import type { Run } from './useFlameGraph';
import { getGraphStyles } from './styles';

interface Props {
  run: Run;
  status?: string;
  selected?: NodeMirror;
  onHover: OnHover;
  setCanvas: (canvas: HTMLCanvasElement | null) => void;
  setBox: (box: HTMLElement | null) => void;
}

/** The canvas with its pointer and keys, and the text of the selected node for who cannot see it. */
export const GraphCanvas = React.memo(function GraphCanvas({ run, status, selected, onHover, setCanvas, setBox }: Props) {
  const styles = useStyles2(getGraphStyles);
  const [box, setOwnBox] = React.useState<HTMLElement | null>(null);
  const id = React.useId();
  const setBoxes = React.useCallback((element: HTMLElement | null) => { setBox(element); setOwnBox(element); }, [setBox]);

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
      ref={setBoxes}
      className={styles.box}
      role="tree"
      tabIndex={0}
      aria-label={`Flame graph. ${status ?? ''}`}
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
});
