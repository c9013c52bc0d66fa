import type * as React from 'react';

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** Moves the focus between the parts of a list that is one stop of the tab key. */
export function moveFocus(event: React.KeyboardEvent, parts: string) {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement | SVGElement>(parts)];
  const at = all.findIndex((part) => part === document.activeElement);
  const step = STEPS[event.key];
  if (step && at >= 0) {
    event.preventDefault();
    all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
  }
}
