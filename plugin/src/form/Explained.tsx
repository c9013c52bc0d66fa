import * as React from 'react';
import { css } from '@emotion/css';
import { locationUtil, type DataFrame, type GrafanaTheme2 } from '@grafana/data';
import { config } from '@grafana/runtime';
import { Button, Icon, LinkButton, useStyles2 } from '@grafana/ui';

/** What the backend says about how a frame came to be. */
interface Explanation {
  line: string;
  steps: string[];
  advice?: string;
  /** A query that would find something: the fields to change, and where Grafana shows it. */
  relaxedQuery?: { title: string; fields: Record<string, unknown>; path?: string };
}

interface Props {
  frames?: DataFrame[];
  /** Takes the fields of a query that would find something. */
  onRelax?: (fields: Record<string, unknown>) => void;
}

/** What was changed in a question and why nothing was found: one line, the steps on demand, a click that helps. */
export function Explained({ frames = [], onRelax }: Props) {
  const styles = useStyles2(getStyles);
  const explanations = frames.flatMap(({ meta }) => (meta?.custom?.explain as Explanation | undefined) ?? []);
  return (
    <>
      {explanations.map(({ line, steps, advice, relaxedQuery }) => (
        <details key={line} className={styles.explained}>
          <summary>
            <Icon name="info-circle" size="sm" /> {line}. {advice}
            {relaxedQuery && onRelax && (
              <Button size="sm" variant="secondary" fill="text" onClick={(event) => (event.preventDefault(), onRelax(relaxedQuery.fields))}>
                {relaxedQuery.title}
              </Button>
            )}
            {relaxedQuery?.path && config.exploreEnabled && !onRelax && (
              <LinkButton size="sm" variant="secondary" fill="text" href={locationUtil.assureBaseUrl(relaxedQuery.path)}>
                {relaxedQuery.title}
              </LinkButton>
            )}
          </summary>
          <ol>{steps.map((step) => <li key={step}>{step}</li>)}</ol>
        </details>
      ))}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  explained: css({
    flex: 'none', maxHeight: '40%', overflow: 'auto', overflowWrap: 'anywhere', padding: theme.spacing(0.25, 0.5),
    fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.secondary,
    summary: { cursor: 'pointer', '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` } },
    ol: { margin: theme.spacing(0.5, 0, 0, 3) },
  }),
});
