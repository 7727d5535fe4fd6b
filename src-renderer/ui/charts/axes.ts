/** The axes of all charts on a canvas: hairlines, round local times, labels that make nothing jump. */
import type { ScaleOptions } from 'chart.js';
import type { TimeRange } from './chart-data.ts';
import type { Palette } from './palette.ts';
import type { TimeTick } from './time-ticks.ts';

type AxisOptions = ScaleOptions<'linear'> & { type: 'linear' };

/** Pixels that a label of the time axis needs. */
const labelPx = 60;
/** Labels are centred below their marks: nearer to the right edge they would be cut off. */
const edgePx = 18;
const labelFont = (palette: Palette) => ({ family: palette.font, size: 11 });

/** What a time axis shows. */
export interface TimeAxis {
  readonly range: TimeRange;
  /** The marks for a range with room for so many. */
  readonly ticks: (range: TimeRange, maxTicks: number) => readonly TimeTick[];
  readonly tickText: (tick: TimeTick) => string;
  readonly palette: Palette;
}

export function timeAxis({ range, ticks, tickText, palette }: TimeAxis): AxisOptions {
  let shown: readonly TimeTick[] = [];
  return {
    type: 'linear',
    min: range.from,
    max: range.to,
    // Bars would get half a tick of room at both ends.
    offset: false,
    grid: { display: false },
    border: { color: palette.line },
    ticks: {
      color: palette.faint,
      font: labelFont(palette),
      padding: 6,
      autoSkip: false,
      maxRotation: 0,
      callback: (_value: number | string, index: number) => {
        const tick = shown[index];
        return tick ? tickText(tick) : '';
      },
    },
    afterBuildTicks: (scale) => {
      const secPerPx = (range.to - range.from) / Math.max(1, scale.width);
      shown = ticks(range, Math.max(2, Math.floor(scale.width / labelPx))).filter(
        ({ at }) => at <= range.to - edgePx * secPerPx,
      );
      scale.ticks = shown.map(({ at }) => ({ value: at }));
    },
    // Room for labels at the ends would move the picture whenever another label is the last.
    afterFit: (scale) => {
      scale.paddingLeft = 0;
      scale.paddingRight = 0;
    },
  };
}

/** What a value axis shows. */
export interface ValueAxis {
  readonly palette: Palette;
  readonly valueText: (value: number) => string;
  /** From 0, or from about the lowest value. */
  readonly isFromZero: boolean;
  /** For counts: no marks between whole numbers. */
  readonly isWhole: boolean;
  /** Values that have to be on the axis beside those of the data. */
  readonly reach: readonly number[];
  /** Of the whole chart, in pixels. */
  readonly height: number;
  /** The widest that the axis has been; it never becomes narrower while its chart lives. */
  readonly width: { px: number };
  readonly isStacked?: boolean;
}

export function valueAxis(axis: ValueAxis): AxisOptions {
  const { palette, reach, width } = axis;
  return {
    type: 'linear',
    beginAtZero: axis.isFromZero,
    stacked: axis.isStacked ?? false,
    grace: axis.isFromZero ? '4%' : '8%',
    ...(reach.length > 0 ? { suggestedMin: Math.min(...reach), suggestedMax: Math.max(...reach) } : {}),
    grid: { color: palette.line, drawTicks: false, lineWidth: 1 },
    border: { display: false, dash: [2, 4] },
    ticks: {
      color: palette.faint,
      font: labelFont(palette),
      padding: 8,
      maxTicksLimit: Math.max(3, Math.floor(axis.height / 36)),
      ...(axis.isWhole ? { precision: 0 } : {}),
      callback: (value: number | string) => axis.valueText(Number(value)),
    },
    afterFit: (scale) => {
      width.px = Math.max(width.px, Math.ceil(scale.width / 8) * 8);
      scale.width = width.px;
    },
  };
}
