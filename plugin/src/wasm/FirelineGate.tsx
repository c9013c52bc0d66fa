import * as React from 'react';
import { Alert, Button, LoadingPlaceholder } from '@grafana/ui';
import { loadFireline, type Fireline } from './load';

interface Loading {
  fireline?: Fireline;
  error?: Error;
}

/** The wasm as React sees it: nothing yet, there, or the reason why not. */
export function useFireline(): Loading & { retry: () => void } {
  const [state, setState] = React.useState<Loading>({});
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    let mounted = true;
    setState({});
    loadFireline().then(
      (fireline) => mounted && setState({ fireline }),
      (error) => mounted && setState({ error })
    );
    return () => {
      mounted = false;
    };
  }, [attempt]);
  return { ...state, retry: () => setAttempt(attempt + 1) };
}

/** Shows what needs the wasm once it is there; until then a placeholder, and on failure a sentence, never nothing. */
export function FirelineGate({ children }: { children: (fireline: Fireline) => React.ReactNode }) {
  const { fireline, error, retry } = useFireline();
  if (error) {
    return (
      <Alert severity="error" title="Fireline could not start">
        <p>{error.message}</p>
        <Button size="sm" variant="secondary" icon="sync" onClick={retry}>
          Try again
        </Button>
      </Alert>
    );
  }
  return fireline ? <>{children(fireline)}</> : <LoadingPlaceholder text="Starting Fireline…" />;
}
