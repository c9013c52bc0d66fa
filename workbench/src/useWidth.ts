import * as React from 'react';

/** The width of an element, followed as it changes. Unit: CSS pixels. */
export function useWidth<Element extends HTMLElement>() {
  const ref = React.useRef<Element>(null);
  const [width, setWidth] = React.useState(0);
  React.useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    if (ref.current) {
      observer.observe(ref.current);
    }
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}
