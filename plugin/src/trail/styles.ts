import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

export const SPAN_ROW_CSS_PX = 28;
/** Border and padding of a card. */
export const CARD_EDGE_CSS_PX = 13;

export const getTrailStyles = (theme: GrafanaTheme2) => {
  const small = { fontSize: theme.typography.bodySmall.fontSize } as const;
  const button = {
    all: 'unset', cursor: 'pointer', boxSizing: 'border-box', width: '100%', ...small,
    '&:hover': { background: theme.colors.action.hover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  } as const;
  const spans = { display: 'grid', gridTemplateColumns: 'minmax(0, 2fr) minmax(0, 3fr) 80px 80px', alignItems: 'center', gap: theme.spacing(1) } as const;
  const line = { display: 'grid', gridTemplateColumns: '90px 90px 50px minmax(0, 1fr) auto', alignItems: 'baseline', gap: theme.spacing(1), padding: theme.spacing(0.25, 0.5), code: { padding: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', background: 'none', border: 0 }, '& > span': { color: theme.colors.text.secondary } } as const;
  const cut = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;
  const bar = { position: 'absolute', top: 4, bottom: 4, borderRadius: 2 } as const;
  return {
    page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
    bar: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1) }),
    source: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), ...small }),
    space: css({ flexGrow: 1 }),
    card: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), padding: CARD_EDGE_CSS_PX - 1, background: theme.colors.background.primary, border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default }),
    head: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1), h2: { margin: 0, fontSize: theme.typography.h5.fontSize }, '& > div:last-child': { flex: '1 1 200px' } }),
    quiet: css({ ...small, color: theme.colors.text.secondary }),
    chart: css({ position: 'relative', text: { ...small, fill: theme.colors.text.secondary } }),
    legend: css({ marginRight: theme.spacing(2), i: { display: 'inline-block', width: 12, height: 3, marginRight: theme.spacing(0.5), verticalAlign: 'middle' } }),
    diamond: css({
      cursor: 'pointer', outline: 'none', fill: theme.colors.primary.main, stroke: theme.colors.background.primary,
      '&[aria-disabled=true]': { cursor: 'default', fill: 'transparent', stroke: theme.colors.text.disabled },
      '&[aria-pressed=true]': { fill: theme.colors.warning.main },
      '&:hover, &:focus-visible': { stroke: theme.colors.text.primary, strokeWidth: 2 },
    }),
    tooltip: css({
      position: 'absolute', pointerEvents: 'none', zIndex: theme.zIndex.tooltip, padding: theme.spacing(1), borderRadius: theme.shape.radius.default, ...small,
      background: theme.colors.background.elevated ?? theme.colors.background.secondary, border: `1px solid ${theme.colors.border.medium}`, boxShadow: theme.shadows.z3,
      dl: { display: 'grid', gridTemplateColumns: 'auto auto', gap: theme.spacing(0, 1), margin: 0 }, dt: { color: theme.colors.text.secondary, fontWeight: 'normal' }, dd: { margin: 0 },
    }),
    spanHead: css({ ...spans, ...small, color: theme.colors.text.secondary, borderBottom: `1px solid ${theme.colors.border.weak}`, scrollbarGutter: 'stable', overflow: 'hidden' }),
    spanBody: css({ maxHeight: 10 * SPAN_ROW_CSS_PX, minHeight: SPAN_ROW_CSS_PX, overflow: 'auto', scrollbarGutter: 'stable' }),
    span: css({
      ...button, ...spans, height: SPAN_ROW_CSS_PX,
      '&[aria-selected=true]': { background: theme.colors.action.selected, boxShadow: `inset 3px 0 0 ${theme.colors.warning.main}` },
      '& > span': { ...cut, fontVariantNumeric: 'tabular-nums' }, b: { fontWeight: theme.typography.fontWeightMedium },
    }),
    spanBar: css({ position: 'relative', height: 20, i: { ...bar, background: theme.colors.primary.transparent, boxShadow: `inset 0 0 0 1px ${theme.colors.primary.border}` }, u: { ...bar, background: theme.colors.primary.main } }),
    profile: css({ height: 460, minWidth: 0 }),
    list: css({ maxHeight: 300, overflow: 'auto' }),
    trace: css({ ...button, display: 'grid', gridTemplateColumns: '100px 120px auto minmax(0, 1fr)', alignItems: 'center', gap: theme.spacing(1), height: 28, '&[aria-current=true]': { background: theme.colors.action.selected }, '& > span': cut }),
    log: css({ ...button, ...line, '&[aria-current=true]': { background: theme.colors.action.selected } }),
    line: css({ ...small, ...line }),
  };
};
