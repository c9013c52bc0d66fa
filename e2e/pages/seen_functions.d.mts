import type { Locator, Page } from '@playwright/test';

type Seen = Map<string, { tooltip: string; isFrame: boolean; x: number; y: number }>;

export function seenFunctions(page: Page, graph: Locator, names: string[]): Promise<Seen>;
export function whatIsMissing(seen: Seen, names: string[]): string | undefined;
