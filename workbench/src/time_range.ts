import { dateTime, rangeUtil, type RawTimeRange, type TimeRange } from '@grafana/data';

export const toTimeRange = (raw: RawTimeRange): TimeRange => rangeUtil.convertRawToRange(raw);

/** The range moved by a part of its own length, and made longer at both ends by another part. */
export function moved(range: TimeRange, by: number, longer = 0): RawTimeRange {
  const length = range.to.diff(range.from);
  return {
    from: dateTime(range.from.valueOf() + length * (by - longer)),
    to: dateTime(range.to.valueOf() + length * (by + longer)),
  };
}
