import * as React from 'react';
import { useStyles2 } from '@grafana/ui';
import type { Read, Run } from './useFlameGraph';
import { useSize } from './useSize';
import { getTableStyles } from './styles';

interface Props {
  read: Read;
  /** Another one whenever the rows may have changed. */
  version: number;
  run: Run;
  onFailure: (failure: string) => void;
}

/** The functions of the profile; only the rows in view are in the page. */
export const FunctionTable = React.memo(function FunctionTable({ read, version, run, onFailure }: Props) {
  const styles = useStyles2(getTableStyles);
  const [body, setBody] = React.useState<HTMLElement | null>(null);
  const [scroll, setScroll] = React.useState(0);
  const { height } = useSize(body);
  const attempt = React.useMemo(() => (height > 0 ? read((view) => view.tableWindow(scroll, height)) : undefined), [read, version, scroll, height]);
  const failure = attempt?.failure;
  React.useEffect(() => {
    if (failure) {
      onFailure(failure);
    }
  }, [failure, onFailure]);
  const table = attempt?.value;
  return (
    <div className={styles.table} role="table" aria-label="Functions" aria-rowcount={table?.rowCount}>
      <div className={styles.header} role="row">
        {table?.columns.map(({ column, title, ascending }) => (
          <button key={column} role="columnheader" aria-sort={ascending === undefined ? 'none' : ascending ? 'ascending' : 'descending'} onClick={() => run((view) => view.dispatch({ kind: 'sortTable', column }))}>
            {title}
            {ascending === undefined ? '' : ascending ? ' ↑' : ' ↓'}
          </button>
        ))}
      </div>
      <div ref={setBody} className={styles.body} tabIndex={-1} onScroll={(event) => setScroll(event.currentTarget.scrollTop)}>
        <div style={{ height: table?.heightCssPx, position: 'relative' }}>
          <div style={{ position: 'absolute', insetInline: 0, top: table?.offsetCssPx }}>
            {table?.rows.map((row) => (
              <button key={row.function} className={styles.row} style={{ height: table.rowHeightCssPx }} role="row" title={row.name} onClick={() => run((view) => view.dispatch({ kind: 'pickFunction', function: row.function }))}>
                <span role="cell"><i style={{ background: row.colour }} /><q>{row.directories}</q><u>{row.shortName}</u></span>
                {row.cells.map((cell, place) => (
                  <span key={place} role="cell" title={cell.title}>
                    <b style={{ transform: `scaleX(${cell.fraction})`, background: row.colour }} />
                    <em>{cell.text}</em>
                  </span>
                ))}
              </button>
            ))}
          </div>
        </div>
      </div>
      {table?.leftOut && <div className={styles.leftOut}>{table.leftOut}</div>}
    </div>
  );
});
