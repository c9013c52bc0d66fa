import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';

export const getPanelStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5) }),
  toolbar: css({ display: 'flex', gap: theme.spacing(1), '& > :first-child': { flex: '1 1 0', minWidth: 0 } }),
  way: css({
    display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), height: 24, flex: 'none', overflow: 'hidden', whiteSpace: 'nowrap',
    fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.secondary,
    '& > span': { overflow: 'hidden', textOverflow: 'ellipsis' },
    '& > button:not([aria-label])': {
      all: 'unset', cursor: 'pointer', flex: '0 1 auto', minWidth: 20, overflow: 'hidden', textOverflow: 'ellipsis', borderRadius: 2, padding: '0 2px',
      '&:hover:enabled': { color: theme.colors.text.primary, background: theme.colors.action.hover },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
      '&:disabled': { cursor: 'default' },
      '&:last-of-type': { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium, flexShrink: 0, maxWidth: '60%' },
    },
  }),
  links: css({ marginLeft: 'auto', flex: 'none', '[role=status] + &': { marginLeft: 0 } }),
  found: css({ marginLeft: 'auto', color: theme.colors.text.primary, flex: '0 1 auto' }),
  notice: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.warning.text }),
  legend: css({
    display: 'flex', alignItems: 'center', gap: 2, flex: 'none', overflow: 'hidden', whiteSpace: 'nowrap', fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.secondary,
    '& > span': { padding: theme.spacing(0, 0.75), borderRadius: 2, '&:first-child': { paddingLeft: 0 } },
  }),
  panes: css({ display: 'flex', gap: theme.spacing(1), flex: '1 1 0', minHeight: 0 }),
  graph: css({ position: 'relative', flex: '3 1 0', minWidth: 0 }),
  message: css({
    position: 'absolute', inset: 0, display: 'flex', flexDirection: 'column', alignItems: 'center', justifyContent: 'center', gap: theme.spacing(0.5),
    textAlign: 'center', color: theme.colors.text.secondary, background: theme.colors.background.primary, overflow: 'auto', overflowWrap: 'anywhere',
    strong: { color: theme.colors.text.primary },
  }),
});

export const getGraphStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'absolute', inset: 0, overflow: 'hidden', outline: 'none',
    '&:focus-visible::after': { content: '""', position: 'absolute', inset: 0, pointerEvents: 'none', boxShadow: `inset 0 0 0 2px ${theme.colors.primary.border}` },
  }),
  canvas: css({ display: 'block', touchAction: 'none' }),
  highlight: css({ position: 'absolute', pointerEvents: 'none', boxShadow: `inset 0 0 0 1px ${theme.colors.text.primary}`, background: theme.colors.action.hover }),
  tooltip: css({
    position: 'absolute', pointerEvents: 'none', zIndex: theme.zIndex.tooltip, maxWidth: 520, padding: theme.spacing(1), borderRadius: theme.shape.radius.default,
    background: theme.colors.background.elevated ?? theme.colors.background.secondary, border: `1px solid ${theme.colors.border.medium}`, boxShadow: theme.shadows.z3,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  tooltipTitle: css({ overflowWrap: 'anywhere', fontWeight: theme.typography.fontWeightMedium, marginBottom: theme.spacing(0.5) }),
  tooltipLines: css({ display: 'grid', gridTemplateColumns: 'auto auto', columnGap: theme.spacing(2), margin: 0, color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums', dt: { fontWeight: 'inherit' }, dd: { margin: 0, textAlign: 'right', color: theme.colors.text.primary } }),
  screenReaderOnly: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' }),
});

export const getTableStyles = (theme: GrafanaTheme2) => {
  const grid = { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gridAutoFlow: 'column', gridAutoColumns: 'clamp(72px, 20%, 104px)', width: '100%', boxSizing: 'border-box' } as const;
  const button = {
    cursor: 'pointer',
    '&:hover': { background: theme.colors.action.hover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  };
  const cell = { padding: theme.spacing(0, 1), overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;
  return {
    table: css({ display: 'flex', flexDirection: 'column', flex: '2 1 0', minWidth: 0, fontSize: theme.typography.bodySmall.fontSize }),
    header: css({
      ...grid, scrollbarGutter: 'stable', overflow: 'hidden', flex: 'none', minHeight: 28, borderBottom: `1px solid ${theme.colors.border.weak}`, fontWeight: theme.typography.fontWeightMedium,
      button: { all: 'unset', ...cell, ...button, lineHeight: '28px', '&:not(:first-child)': { textAlign: 'right' } },
    }),
    leftOut: css({ flex: 'none', padding: theme.spacing(0.5, 1), color: theme.colors.text.secondary, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
    body: css({ flex: '1 1 0', minHeight: 0, overflow: 'auto', scrollbarGutter: 'stable' }),
    row: css({
      all: 'unset', ...grid, ...button, alignItems: 'center', borderBottom: `1px solid ${theme.colors.border.weak}`,
      span: { ...cell, position: 'relative', lineHeight: '26px' },
      'span:first-child': { display: 'flex', alignItems: 'center' },
      q: { quotes: 'none', flex: '0 1000 auto', overflow: 'hidden', textOverflow: 'ellipsis', color: theme.colors.text.secondary },
      u: { textDecoration: 'none', flex: '0 1 auto', overflow: 'hidden', textOverflow: 'ellipsis' },
      i: { flex: 'none', width: 10, height: 10, borderRadius: 2, marginRight: theme.spacing(1) },
      b: { position: 'absolute', inset: '4px 4px', transformOrigin: 'left', opacity: 0.6, borderRadius: 2 },
      em: { position: 'relative', display: 'block', textAlign: 'right', fontStyle: 'normal', fontVariantNumeric: 'tabular-nums' },
    }),
  };
};
