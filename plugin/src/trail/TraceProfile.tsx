import * as React from 'react';
import { LoadingState, type DataFrame, type TimeRange } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ProfileView } from 'fireline-pages-wasm';
import { FlameGraphPanel } from '../panel/FlameGraphPanel';
import { useSize } from '../panel/useSize';
import { loadFireline } from '../wasm/load';
import { WasmGate } from '../wasm/WasmGate';
import { Picker } from './Picker';
import { getTrailStyles } from './styles';
import { TrailCard } from './TrailCard';
import type { Dispatch } from './TrailPage';

interface Props {
  profile: ProfileView;
  framesOf: (id: number) => DataFrame[] | undefined;
  range: TimeRange;
  /** The function that is looked at, with those that called it. */
  callSite: string[];
  dispatch: Dispatch;
}

/** The flame graph of a span or of a whole trace: the panel that dashboards have, too. */
export function TraceProfile({ profile, framesOf, range, callSite, dispatch }: Props) {
  const styles = useStyles2(getTrailStyles);
  const [box, setBox] = React.useState<HTMLElement | null>(null);
  const { width, height } = useSize(box);
  const series = profile.answerId === undefined ? undefined : framesOf(profile.answerId);
  const data = React.useMemo(() => series && { series, state: LoadingState.Done, timeRange: range }, [series, range]);
  const onZoom = React.useCallback((callSite: string[]) => dispatch({ kind: 'chooseFunction', callSite }), [dispatch]);
  const types = profile.otherTypes.length > 0 && (
    <Picker label="Profile type" choices={profile.otherTypes} width={50} onChoose={(id) => dispatch({ kind: 'chooseProfileType', id })} />
  );
  return (
    <TrailCard id="profile" card={profile.card} tools={types}>
      {data && (
        <div ref={setBox} className={styles.profile}>
          <WasmGate load={loadFireline}>
            {(fireline) => width > 0 && <FlameGraphPanel {...{ fireline, data, options: GRAPH, width, height, zoomed: callSite, onZoom }} />}
          </WasmGate>
        </div>
      )}
    </TrailCard>
  );
}

const GRAPH = { pane: 'graph' as const, version: 1 };
