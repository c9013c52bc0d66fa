import { AppPlugin } from '@grafana/data';
import { TrailPage } from '../trail/TrailPage';
import { follow } from './follow';

export const plugin = new AppPlugin().setRootPage(TrailPage);

for (const { targets, goal, title, description, category } of FIRELINE_CONSTANTS.extensionLinks) {
  plugin.addLink({
    targets,
    title,
    description,
    category: category ?? undefined,
    icon: 'fire',
    // Where it leads is found out on the click, so that no link waits for the wasm.
    onClick: (_event, { context }) => void follow(targets, goal, context),
  });
}
