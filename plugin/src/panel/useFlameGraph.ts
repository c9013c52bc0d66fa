import * as React from 'react';
import type { Effect, FlameGraphView, Highlight, Tooltip, ViewSnapshot } from 'fireline-wasm';
import type { Fireline } from '../wasm/load';

/** What the pointer is on. */
export interface Hover {
  tooltip: Tooltip;
  highlight: Highlight;
}

/** The part of an event that an effect may need. */
type Stoppable = Pick<Event, 'preventDefault' | 'stopPropagation'>;

/** A call of the view, and the event that it answers. */
export type Run = (call: (view: FlameGraphView) => Effect[], event?: Stoppable) => void;

/** The view on a canvas: made and freed with it, told what happens, its effects done. */
export function useFlameGraph(fireline: Fireline, canvas: HTMLCanvasElement | null, search: React.RefObject<HTMLInputElement>) {
  const [view, setView] = React.useState<FlameGraphView>();
  const [snapshot, setSnapshot] = React.useState<ViewSnapshot>();
  const [failure, setFailure] = React.useState<string>();
  const frame = React.useRef(0);
  // Set by the layer that shows it, so that moving the pointer renders nothing else.
  const onHover = React.useRef<(hover?: Hover) => void>(() => undefined);

  const fail = React.useCallback((error: unknown) => setFailure(error instanceof Error ? error.message : String(error)), []);

  React.useLayoutEffect(() => {
    if (!canvas) {
      return;
    }
    let made: FlameGraphView | undefined;
    try {
      made = new fireline.FlameGraphView(canvas);
      setView(made);
    } catch (error) {
      fail(error);
    }
    return () => {
      cancelAnimationFrame(frame.current);
      frame.current = 0;
      setView(undefined);
      made?.free();
    };
  }, [fireline, canvas, fail]);

  const run = React.useCallback<Run>(
    (call, event) => {
      if (!view || !canvas || fireline.hasPanicked()) {
        return;
      }
      const perform = (effect: Effect): void => {
        switch (effect.kind) {
          case 'requestFrame':
            frame.current ||= requestAnimationFrame(draw);
            return;
          case 'preventDefault':
            event?.preventDefault();
            event?.stopPropagation();
            return;
          case 'viewChanged':
            setSnapshot(view.snapshot());
            return;
          case 'showTooltip':
            onHover.current(effect);
            return;
          case 'hideTooltip':
            onHover.current();
            return;
          case 'setCursor':
            canvas.style.cursor = effect.cursor;
            return;
          case 'focusSearch':
            search.current?.focus();
            return;
          case 'copyText':
            void navigator.clipboard?.writeText(effect.text);
            return;
          default:
            effect satisfies never;
        }
      };
      const draw = () => {
        frame.current = 0;
        try {
          view.draw();
        } catch (error) {
          fail(error);
        }
      };
      try {
        call(view).forEach(perform);
      } catch (error) {
        fail(error);
      }
    },
    [fireline, view, canvas, search, fail]
  );

  return { view, snapshot, failure, run, onHover };
}
