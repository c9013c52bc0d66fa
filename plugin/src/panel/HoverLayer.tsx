import * as React from 'react';
import { useStyles2 } from '@grafana/ui';
import type { Effect } from 'fireline-wasm';
import { getGraphStyles } from './styles';

type HoverEffect = Extract<Effect, { kind: 'showTooltip' | 'moveTooltip' | 'hideTooltip' }>;

/** Set by the layer that shows it. */
export type OnHover = React.MutableRefObject<(effect: HoverEffect) => void>;

const px = (length?: number) => (length === undefined ? '' : `${length}px`);

/** The highlight and tooltip of what the pointer is on. Written by hand: rendering takes longer than a move may. */
export const HoverLayer = React.memo(function HoverLayer({ onHover }: { onHover: OnHover }) {
  const styles = useStyles2(getGraphStyles);
  const highlight = React.useRef<HTMLDivElement>(null);
  const tooltip = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    const [frame, box] = [highlight.current!, tooltip.current!];
    const [title, lines] = box.children;
    onHover.current = (effect) => {
      frame.hidden = box.hidden = effect.kind === 'hideTooltip';
      if (effect.kind === 'hideTooltip') {
        return;
      }
      const { leftCssPx, rightCssPx, topCssPx, bottomCssPx } = effect.place;
      Object.assign(box.style, { left: px(leftCssPx), right: px(rightCssPx), top: px(topCssPx), bottom: px(bottomCssPx) });
      if (effect.kind === 'moveTooltip') {
        return;
      }
      const { xCssPx, yCssPx, widthCssPx, heightCssPx } = effect.highlight;
      Object.assign(frame.style, { left: px(xCssPx), top: px(yCssPx), width: px(widthCssPx), height: px(heightCssPx) });
      title.textContent = effect.tooltip.title;
      lines.replaceChildren(...effect.tooltip.lines.flatMap(({ label, value }) => [text('dt', label), text('dd', value)]));
    };
    return () => {
      onHover.current = () => undefined;
    };
  }, [onHover]);
  return (
    <>
      <div ref={highlight} className={styles.highlight} hidden />
      <div ref={tooltip} className={styles.tooltip} role="tooltip" hidden>
        <div className={styles.tooltipTitle} />
        <dl className={styles.tooltipLines} />
      </div>
    </>
  );
});

function text(tag: 'dt' | 'dd', content: string) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}
