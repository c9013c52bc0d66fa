export function childrenOf(parent: number, name: string): number[];
