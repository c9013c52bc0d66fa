import type { Fireline } from './load';

type PanicFlag = Pick<Fireline, 'hasPanicked'>;

/** What a call gave, or why it failed. */
export type Attempt<T> = { value: T; failure?: undefined } | { value?: undefined; failure: string };

/** What is said of a failed call. */
export function failureText(fireline: PanicFlag, error?: unknown): string {
  if (fireline.hasPanicked()) {
    return "Fireline met a fault of its own; the browser's console has the details.";
  }
  return error instanceof Error ? error.message : String(error);
}

/** Makes a call, unless Rust has panicked: nothing of its state can be relied on then. Never throws. */
export function attempt<T>(fireline: PanicFlag, call: () => T): Attempt<T> {
  if (fireline.hasPanicked()) {
    return { failure: failureText(fireline) };
  }
  try {
    return { value: call() };
  } catch (error) {
    return { failure: failureText(fireline, error) };
  }
}

/** Frees what Rust made, unless Rust has panicked: what it had borrowed stays so, and freeing it throws. */
export function release(fireline: PanicFlag, made: { free(): void } | undefined) {
  if (!fireline.hasPanicked()) {
    made?.free();
  }
}
