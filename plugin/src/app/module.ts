import { AppPlugin } from '@grafana/data';
import { follow } from './follow';

export const plugin = new AppPlugin();

for (const { targets, title, description, category } of FIRELINE_CONSTANTS.extensionLinks) {
  plugin.addLink({
    targets,
    title,
    description,
    category: category ?? undefined,
    icon: 'fire',
    // Where it leads is found out on the click, so that no link waits for the wasm.
    onClick: (_event, { context }) => void follow(targets, context),
  });
}
