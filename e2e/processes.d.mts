export function childrenOf(parent: number, name: string): number[];
export function tied(program: string, parameters: string[]): [string, string[]];
