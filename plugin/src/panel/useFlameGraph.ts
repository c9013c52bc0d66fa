import * as React from 'react';
import type { Effect, FlameGraphView, ViewSnapshot } from 'fireline-wasm';
import type { Fireline } from '../wasm/load';
import type { OnHover } from './HoverLayer';
import { attempt, type Attempt, failureText, release } from '../wasm/panic';

/** The part of an event that an effect may need. */
type Stoppable = Pick<Event, 'preventDefault' | 'stopPropagation'>;

/** A call of the view, and the event that it answers. */
export type Run = (call: (view: FlameGraphView) => Effect[], event?: Stoppable) => void;

/** What a call of the view gives; undefined while there is none. Can be called while rendering. */
export type Read = <T>(call: (view: FlameGraphView) => T) => Attempt<T> | undefined;

/** The view on a canvas: made and freed with it, told what happens, its effects done. */
export function useFlameGraph(fireline: Fireline, canvas: HTMLCanvasElement | null, search: React.RefObject<HTMLInputElement>) {
  const [view, setView] = React.useState<FlameGraphView>();
  const [snapshot, setSnapshot] = React.useState<ViewSnapshot>();
  const [failure, setFailure] = React.useState<string>();
  const frame = React.useRef(0);
  const onHover: OnHover = React.useRef(() => undefined);

  const fail = React.useCallback((error?: unknown) => setFailure(failureText(fireline, error)), [fireline]);

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
      release(fireline, made);
    };
  }, [fireline, canvas, fail]);

  const run = React.useCallback<Run>(
    (call, event) => {
      if (!view || !canvas) {
        return;
      }
      if (fireline.hasPanicked()) {
        return fail();
      }
      const perform = (effect: Effect): void => {
        switch (effect.kind) {
          case 'requestFrame':
            return void (frame.current ||= requestAnimationFrame(draw));
          case 'preventDefault':
            event?.preventDefault();
            return event?.stopPropagation();
          case 'viewChanged':
            return setSnapshot(view.snapshot());
          case 'showTooltip':
          case 'moveTooltip':
          case 'hideTooltip':
            return onHover.current(effect);
          case 'setCursor':
            return void (canvas.style.cursor = effect.cursor);
          case 'focusSearch':
            return search.current?.focus();
          case 'copyText':
            return void navigator.clipboard?.writeText(effect.text);
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

  // While rendering no state may be set: who reads tells a failure once it is rendered.
  const read = React.useCallback<Read>((call) => (view ? attempt(fireline, () => call(view)) : undefined), [fireline, view]);

  return { read, snapshot, failure, setFailure, run, onHover };
}
