import * as React from 'react';

/** Size of an element in CSS pixels and the ratio of device pixels to them, as they are and as they change. */
export function useSize(element: HTMLElement | null) {
  const [size, setSize] = React.useState({ width: 0, height: 0, ratio: 1 });
  React.useLayoutEffect(() => {
    if (!element) {
      return;
    }
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight, ratio: window.devicePixelRatio });
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(element);
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [element]);
  return size;
}
