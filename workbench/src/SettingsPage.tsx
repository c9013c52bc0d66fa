import * as React from 'react';
import type { DataSourceSettings } from '@grafana/data';
import { getBackendSrv, type DataSourceWithBackend } from '@grafana/runtime';
import { Alert, Button, LoadingPlaceholder, Stack, type AlertVariant } from '@grafana/ui';
import type { Plugins } from './services';

interface Outcome {
  severity: AlertVariant;
  title: string;
}

/** The plugin's own config editor, with Grafana's "Save & test" below it. */
export function SettingsPage({ plugins: { datasource, datasourcePlugin, settings }, version }: { plugins: Plugins; version: string }) {
  const [options, setOptions] = React.useState<DataSourceSettings>();
  const [outcome, setOutcome] = React.useState<Outcome>();
  const url = `/api/datasources/uid/${settings.uid}`;
  React.useEffect(() => {
    getBackendSrv()
      .get(url)
      .then(setOptions, (error) => setOutcome(failure(error)));
  }, [url]);

  const save = async () => {
    setOutcome(undefined);
    try {
      const saved = await getBackendSrv().put(url, options);
      setOptions(saved.datasource);
      // Grafana makes the datasource anew; here everybody keeps the same object.
      Object.keys(settings.jsonData).forEach((key) => delete (settings.jsonData as Record<string, unknown>)[key]);
      Object.assign(settings.jsonData, saved.datasource.jsonData);
      const { message } = await (datasource as DataSourceWithBackend).callHealthCheck();
      setOutcome({ severity: 'success', title: message });
    } catch (error) {
      setOutcome(failure(error));
    }
  };
  const Editor = datasourcePlugin.components.ConfigEditor;
  if (!options && !outcome) {
    return <LoadingPlaceholder text="Loading settings…" />;
  }
  return (
    <Stack direction="column" gap={2}>
      {options && Editor && <Editor options={options} onOptionsChange={setOptions} />}
      {outcome && <Alert severity={outcome.severity} title={outcome.title} bottomSpacing={0} />}
      <Stack direction="row" gap={2} alignItems="center">
        <Button onClick={save} disabled={!options || options.readOnly}>
          Save &amp; test
        </Button>
        <span>Fireline {version}</span>
      </Stack>
    </Stack>
  );
}

function failure(error: unknown): Outcome {
  const { data, message } = error as { data?: { message?: string }; message?: string };
  return { severity: 'error', title: data?.message ?? message ?? String(error) };
}
