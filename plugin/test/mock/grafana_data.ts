export const LoadingState = { Done: 'Done', Error: 'Error' } as const;

export class CustomVariableSupport {}

/** Frames of the tests are in the JSON of Grafana's API already. */
export const toDataFrame = <T>(frame: T) => frame;
export const dataFrameToJSON = <T>(frame: T) => frame;

/** As Grafana's own: as many points as fit, but never closer than the datasource says. */
export const rangeUtil = {
  calculateInterval: ({ from, to }: ReturnType<typeof range>, points: number, least: string) => {
    const intervalMs = Math.max((to.valueOf() - from.valueOf()) / points, parseInt(least, 10) * 1000);
    return { interval: `${intervalMs / 1000}s`, intervalMs };
  },
};

const time = (millis: number) => ({ valueOf: () => millis });

export const dateTime = time;

export const locationUtil = { assureBaseUrl: (path: string) => path };

export const range = (from: number, to: number) => ({ from: time(from), to: time(to), raw: { from: 'now-1h', to: 'now' } });

export const getDefaultTimeRange = () => range(0, 3_600_000);
