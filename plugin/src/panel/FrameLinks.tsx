import * as React from 'react';
import { locationUtil, type DataFrame } from '@grafana/data';
import { config } from '@grafana/runtime';
import { Button, Dropdown, Menu } from '@grafana/ui';
import { type FirelinePages, loadPages } from '../wasm/load_pages';
import { WasmGate } from '../wasm/WasmGate';
import type { Read } from './useFlameGraph';

interface Props {
  series: DataFrame[];
  read: Read;
}

/** What leads away from what is zoomed to: the traces it was seen in, and the links of the function names. Rendered once for a frame. */
export const FrameLinks = React.memo(function FrameLinks({ series, read }: Props) {
  // Links of ours lead to Explore.
  if (!config.exploreEnabled || !series.some(({ fields, meta }) => meta?.custom?.fireline || fields.some(({ config }) => config.links?.length))) {
    return null;
  }
  return (
    <Dropdown placement="bottom-end" overlay={() => <WasmGate load={loadPages}>{(pages) => <LinkMenu {...{ pages, series, read }} />}</WasmGate>}>
      <Button size="sm" variant="secondary" fill="text" icon="link" tooltip="Where this function leads">Links</Button>
    </Dropdown>
  );
});

function LinkMenu({ pages, series, read }: Props & { pages: FirelinePages }) {
  const place = read((view) => view.zoomedPlace())?.value;
  const callSite = read((view) => view.zoomedPath())?.value ?? [];
  const frame = place && series[place.frame];
  const traces = pages.tracesThrough(frame?.meta?.custom ?? {}, callSite);
  const links = (place?.row !== undefined && frame?.fields[place.field]?.getLinks?.({ valueRowIndex: place.row })) || [];
  return (
    <Menu header={callSite.at(-1) ?? 'The whole profile'}>
      {traces && <Menu.Item label="Traces through this function" icon="gf-traces" url={locationUtil.assureBaseUrl(traces)} />}
      {links.map(({ title, href, target, onClick, origin }, at) => (
        <Menu.Item key={at} label={title} url={href} target={target} onClick={onClick && ((event) => onClick(event, origin))} />
      ))}
      {!traces && links.length === 0 && <Menu.Item label="Zoom to a function to see where it leads" disabled />}
    </Menu>
  );
}
