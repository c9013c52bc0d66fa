import * as React from 'react';
import { Alert, Button, LoadingPlaceholder } from '@grafana/ui';

interface Props<W> {
  load: () => Promise<W>;
  children: (wasm: W) => React.ReactNode;
}

interface Loading<W> {
  wasm?: W;
  error?: Error;
}

/** Shows what needs the wasm once it is there; until then a placeholder, and on failure a sentence, never nothing. */
export function WasmGate<W>({ load, children }: Props<W>) {
  const [{ wasm, error }, setState] = React.useState<Loading<W>>({});
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    let mounted = true;
    setState({});
    load().then(
      (wasm) => mounted && setState({ wasm }),
      (error) => mounted && setState({ error })
    );
    return () => {
      mounted = false;
    };
  }, [load, attempt]);
  if (error) {
    return (
      <Alert severity="error" title="Fireline could not start">
        <p>{error.message}</p>
        <Button size="sm" variant="secondary" icon="sync" onClick={() => setAttempt(attempt + 1)}>
          Try again
        </Button>
      </Alert>
    );
  }
  return wasm ? <>{children(wasm)}</> : <LoadingPlaceholder text="Starting Fireline…" />;
}
