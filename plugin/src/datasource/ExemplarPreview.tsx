import * as React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Icon, InlineField, Input, useStyles2 } from '@grafana/ui';
import { type FirelinePages, loadPages } from '../wasm/load_pages';
import { attempt } from '../wasm/panic';
import { WasmGate } from '../wasm/WasmGate';

/** Paste an exemplar's labels, see what comes out under these settings. */
export function ExemplarPreview({ settings }: { settings: object }) {
  const [text, setText] = React.useState('');
  return (
    <>
      <InlineField label="Try an exemplar" labelWidth={26} grow tooltip="Paste the labels of an exemplar, as your metrics endpoint writes them, to see which trace it leads to. Nothing is saved.">
        <Input id="fireline-exemplar" value={text} placeholder='# {traceID="4bf92f3577b34da6a3ce929d0e0e4736"} 0.43' onChange={(event) => setText(event.currentTarget.value)} />
      </InlineField>
      {text && <WasmGate load={loadPages}>{(pages) => <Preview pages={pages} text={text} settings={settings} />}</WasmGate>}
    </>
  );
}

function Preview({ pages, text, settings }: { pages: FirelinePages; text: string; settings: object }) {
  const styles = useStyles2(getStyles);
  const { value: preview, failure } = attempt(pages, () => pages.previewExemplar(text, JSON.stringify(settings)));
  if (!preview) {
    return <Alert severity="error" title="The preview failed">{failure}</Alert>;
  }
  return (
    <div className={styles.preview} role="status">
      {preview.line && <div><Icon name={preview.hasTrace ? 'check-circle' : 'exclamation-triangle'} /> {preview.line}</div>}
      <dl>
        {preview.labels.map(({ name, value, isChanged }) => (
          <React.Fragment key={name}>
            <dt className={isChanged ? styles.changed : undefined}>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      {preview.conflicts.map((conflict) => <div key={conflict}>{conflict}</div>)}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  preview: css({
    margin: theme.spacing(0, 0, 2, 27), fontSize: theme.typography.bodySmall.fontSize,
    dl: { display: 'grid', gridTemplateColumns: 'max-content minmax(0, 1fr)', gap: theme.spacing(0, 2), margin: theme.spacing(0.5, 0) },
    'dt, dd': { margin: 0, fontFamily: theme.typography.fontFamilyMonospace, fontWeight: 'normal', overflowWrap: 'anywhere' },
  }),
  changed: css({ color: theme.colors.success.text }),
});
