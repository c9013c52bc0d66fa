import * as React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, InlineField, Stack, useStyles2 } from '@grafana/ui';
import type { EditorAction, Field, Form, FormNotice } from 'fireline-pages-wasm';
import { ControlView } from './ControlView';

interface Props {
  form: Form;
  dispatch: (action: EditorAction) => void;
  /** Labels of one width, one below the other, as on settings pages. */
  labelWidth?: number;
}

/** Draws a form that Rust describes. */
export function FormView({ form, dispatch, labelWidth }: Props) {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = React.useState(false);
  const draw = (field: Field) => <FieldView key={field.id} {...{ field, dispatch, labelWidth }} />;
  const drawRow = (row: Field[]) => (
    <div key={row[0]?.id} className={styles.row}>
      {row.map(draw)}
    </div>
  );
  return (
    <div className={styles.form}>
      {form.rows.map(drawRow)}
      {form.sections.map(({ title, description, rows }) => (
        <section key={title} className={styles.form} aria-label={title}>
          <div className={styles.heading}>
            <h6>{title}</h6>
            <div className={styles.summary}>{description}</div>
          </div>
          {rows.map(drawRow)}
        </section>
      ))}
      {form.options.length > 0 && (
        <div>
          <Button
            size="sm"
            fill="text"
            variant="secondary"
            icon={open ? 'angle-down' : 'angle-right'}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            Options
          </Button>
          {!open && <span className={styles.summary}>{form.optionsSummary}</span>}
          {open && <div className={styles.row}>{form.options.map(draw)}</div>}
        </div>
      )}
      {form.notices.map((notice) => (
        <NoticeView key={notice.title} {...{ notice, dispatch }} />
      ))}
    </div>
  );
}

function FieldView({ field, dispatch, labelWidth }: { field: Field } & Omit<Props, 'form'>) {
  const styles = useStyles2(getStyles);
  const id = React.useId();
  const error = field.problem && (
    <>
      {field.problem.message}
      {field.problem.excerpt && <pre className={styles.excerpt}>{field.problem.excerpt}</pre>}
    </>
  );
  return (
    <InlineField
      label={field.label}
      labelWidth={labelWidth ?? 'auto'}
      tooltip={field.tooltip || undefined}
      grow={field.control.kind === 'selector' || field.control.kind === 'expression'}
      shrink
      invalid={Boolean(field.problem)}
      error={error}
    >
      <ControlView id={id} field={field} dispatch={dispatch} />
    </InlineField>
  );
}

function NoticeView({ notice, dispatch }: { notice: FormNotice; dispatch: Props['dispatch'] }) {
  return (
    <Alert severity={notice.severity} title={notice.title} topSpacing={0} bottomSpacing={0}>
      <Stack direction="row" gap={2} alignItems="center" wrap="wrap">
        <span>{notice.text}</span>
        {notice.buttons.map((button) => (
          <Button key={button.id} size="sm" variant="secondary" onClick={() => dispatch({ kind: 'press', button: button.id })}>
            {button.label}
          </Button>
        ))}
      </Stack>
    </Alert>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  form: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), width: '100%' }),
  row: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'flex-start', gap: theme.spacing(1), '& > *': { marginBottom: 0, maxWidth: '100%' }, '& > * > :last-child': { minWidth: 0 } }),
  heading: css({ marginTop: theme.spacing(2), h6: { margin: 0 } }),
  summary: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  excerpt: css({ margin: theme.spacing(0.5, 0, 0), padding: theme.spacing(0.5, 1), fontSize: theme.typography.bodySmall.fontSize }),
});
