import * as React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Input, useStyles2 } from '@grafana/ui';
import type { Control, EditorAction, Field } from 'fireline-pages-wasm';

interface Props {
  id: string;
  field: Field;
  control: Extract<Control, { kind: 'selector' }>;
  dispatch: (action: EditorAction) => void;
}

const keys = ['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'];

/** A label selector with suggestions at the caret; what is suggested, and what a key does, is decided in Rust. */
export function SelectorInput({ id, field, control, dispatch }: Props) {
  const styles = useStyles2(getStyles);
  const input = React.useRef<HTMLInputElement>(null);
  const list = `${id}-suggestions`;
  const isOpen = control.suggestions.length > 0;

  React.useLayoutEffect(() => {
    if (control.caret !== undefined) {
      input.current?.setSelectionRange(control.caret, control.caret);
    }
  }, [control.caret, control.value]);

  const typed = (event: React.SyntheticEvent<HTMLInputElement>) => {
    const { value, selectionStart } = event.currentTarget;
    dispatch({ kind: 'type', field: field.id, text: value, caret: selectionStart ?? value.length });
  };
  const pressed = (event: React.KeyboardEvent) => {
    if (keys.includes(event.key)) {
      if (isOpen) {
        event.preventDefault();
      }
      dispatch({ kind: 'key', field: field.id, key: event.key });
    }
  };
  return (
    <div className={styles.wrapper}>
      <Input
        id={id}
        ref={input}
        className={styles.input}
        value={control.value}
        placeholder={control.placeholder}
        spellCheck={false}
        autoComplete="off"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isOpen ? `${list}-${control.active}` : undefined}
        invalid={Boolean(field.problem)}
        onChange={typed}
        onClick={typed}
        onKeyDown={pressed}
        onBlur={() => dispatch({ kind: 'leave', field: field.id })}
      />
      {isOpen && (
        <ul id={list} role="listbox" aria-label="Suggestions" className={styles.list}>
          {control.suggestions.map((suggestion, index) => (
            <li
              key={suggestion.label}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === control.active}
              className={cx(styles.option, index === control.active && styles.active)}
              ref={index === control.active ? (item) => void item?.scrollIntoView({ block: 'nearest' }) : undefined}
              onMouseDown={(event) => {
                event.preventDefault();
                dispatch({ kind: 'accept', field: field.id, index });
              }}
            >
              <span>{suggestion.label}</span>
              <span className={styles.detail}>{suggestion.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  wrapper: css({ position: 'relative', width: '100%' }),
  input: css({ '& input': { fontFamily: theme.typography.fontFamilyMonospace, fontSize: theme.typography.bodySmall.fontSize } }),
  list: css({
    position: 'absolute',
    zIndex: theme.zIndex.dropdown,
    top: '100%',
    left: 0,
    minWidth: 320,
    maxWidth: '100%',
    maxHeight: 260,
    margin: theme.spacing(0.25, 0, 0),
    padding: theme.spacing(0.5),
    overflowY: 'auto',
    listStyle: 'none',
    background: theme.colors.background.elevated ?? theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
  }),
  option: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(2),
    padding: theme.spacing(0.5, 1),
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    cursor: 'pointer',
    borderRadius: theme.shape.radius.default,
    '&:hover': { background: theme.colors.action.hover },
  }),
  active: css({ background: theme.colors.action.selected }),
  detail: css({ color: theme.colors.text.secondary, fontFamily: theme.typography.fontFamily }),
});
