import * as React from 'react';
import { Alert, Button, Spinner, useStyles2 } from '@grafana/ui';
import type { Card, CardMessage } from 'fireline-pages-wasm';
import { getTrailStyles } from './styles';

interface Props {
  id: string;
  card: Card;
  tools?: React.ReactNode;
  children?: React.ReactNode;
}

/** One step of the walk: what it is, how it went, and what it shows. */
export function TrailCard({ id, card, tools, children }: Props) {
  const styles = useStyles2(getTrailStyles);
  return (
    <section className={styles.card} aria-labelledby={`trail-${id}`} aria-busy={card.isLoading}>
      <header className={styles.head}>
        <h2 id={`trail-${id}`}>{card.title}</h2>
        <span className={styles.quiet}>{card.summary}</span>
        {card.isLoading && <Spinner inline />}
        {tools}
      </header>
      {card.message && <Message message={card.message} />}
      {card.notices.map((notice) => <div key={notice} className={styles.quiet} role="status">{notice}</div>)}
      {children}
    </section>
  );
}

function Message({ message: { severity, line, steps, advice } }: { message: CardMessage }) {
  const styles = useStyles2(getTrailStyles);
  const [open, setOpen] = React.useState(false);
  const more = (
    <>
      {advice && <div>{advice}</div>}
      {steps.length > 1 && (
        <Button size="sm" fill="text" variant="secondary" icon={open ? 'angle-down' : 'angle-right'} aria-expanded={open} onClick={() => setOpen(!open)}>
          What was done
        </Button>
      )}
      {open && <ol>{steps.map((step) => <li key={step}>{step}</li>)}</ol>}
    </>
  );
  // What is only good to know must not stand out more than what it is about.
  return severity === 'info' ? (
    <div className={styles.quiet} role="status">{line} {more}</div>
  ) : (
    <Alert severity={severity} title={line} topSpacing={0} bottomSpacing={0}>{more}</Alert>
  );
}
