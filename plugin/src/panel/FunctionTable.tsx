import * as React from 'react';
import { useStyles2 } from '@grafana/ui';
import type { TableColumn } from 'fireline-wasm';
import type { Read, Run } from './useFlameGraph';
import { useSize } from './useSize';
import { getTableStyles } from './styles';

const columns: Array<[TableColumn, string]> = [['function', 'Function'], ['selfValue', 'Self'], ['totalValue', 'Total']];

interface Props {
  read: Read;
  /** Another one whenever the rows may have changed. */
  version: number;
  sorted: TableColumn;
  ascending: boolean;
  run: Run;
  onFailure: (failure: string) => void;
}

/** The functions of the profile; only the rows in view are in the page. */
export const FunctionTable = React.memo(function FunctionTable({ read, version, sorted, ascending, run, onFailure }: Props) {
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
        {columns.map(([column, title]) => (
          <button key={column} role="columnheader" aria-sort={column === sorted ? (ascending ? 'ascending' : 'descending') : 'none'} onClick={() => run((view) => view.dispatch({ kind: 'sortTable', column }))}>
            {title}
            {column === sorted && (ascending ? ' ↑' : ' ↓')}
          </button>
        ))}
      </div>
      <div ref={setBody} className={styles.body} tabIndex={-1} onScroll={(event) => setScroll(event.currentTarget.scrollTop)}>
        <div style={{ height: table?.heightCssPx, position: 'relative' }}>
          <div style={{ position: 'absolute', insetInline: 0, top: table?.offsetCssPx }}>
            {table?.rows.map((row) => (
              <button key={row.function} className={styles.row} style={{ height: table.rowHeightCssPx }} role="row" title={row.name} onClick={() => run((view) => view.dispatch({ kind: 'pickFunction', function: row.function }))}>
                <span role="cell"><i style={{ background: row.colour }} /><q>{row.directories}</q><u>{row.shortName}</u></span>
                <Share text={row.selfText} fraction={row.selfFraction} colour={row.colour} />
                <Share text={row.totalText} fraction={row.totalFraction} colour={row.colour} />
              </button>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
});

function Share({ text, fraction, colour }: { text: string; fraction: number; colour: string }) {
  return (
    <span role="cell">
      <b style={{ transform: `scaleX(${fraction})`, background: colour }} />
      <em>{text}</em>
    </span>
  );
}
