// A profile as speedscope reads it.

/** The columns of a flame graph as speedscope's evented profile: a call is an opening and a closing event. */
export function speedscopeText({ level, value, self, label, names }) {
  const events = [];
  // What is open, and where the next call below it begins.
  const open = [];
  const close = () => {
    const { frame, end } = open.pop();
    events.push(`{"type":"C","frame":${frame},"at":${end}}`);
  };
  for (let row = 0; row < level.length; row++) {
    while (open.length > level[row]) {
      close();
    }
    const above = open.at(-1);
    const start = above?.next ?? 0;
    const end = start + value[row];
    if (above) {
      above.next = end;
    }
    open.push({ frame: label[row], end, next: start });
    events.push(`{"type":"O","frame":${label[row]},"at":${start}}`);
  }
  while (open.length > 0) {
    close();
  }
  const frames = JSON.stringify(names.map((name) => ({ name })));
  const profile = `{"type":"evented","name":"cpu","unit":"nanoseconds","startValue":0,"endValue":${value[0]},"events":[${events.join(',')}]}`;
  return `{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":${frames}},"profiles":[${profile}]}`;
}
