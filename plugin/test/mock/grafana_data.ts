export const LoadingState = { Done: 'Done', Error: 'Error' } as const;

export class CustomVariableSupport {}

const time = (millis: number) => ({ valueOf: () => millis });

export const range = (from: number, to: number) => ({ from: time(from), to: time(to), raw: { from: 'now-1h', to: 'now' } });

export const getDefaultTimeRange = () => range(0, 3_600_000);
