/** A bar chart as Chart.js wants it. */
import type { ChartDataset } from 'chart.js';
import { timeAxis, valueAxis, type TimeAxis, type ValueAxis } from './axes.ts';
import { expectedSteps, middleOf, rangeOfSlots, type BarSeries, type ExpectedValues } from './bar-data.ts';
import { colorOf, type TimeRange } from './chart-data.ts';
import type { Palette } from './palette.ts';
import type { CanvasConfig } from './use-canvas-chart.ts';

export interface BarConfig {
  readonly slots: readonly TimeRange[];
  readonly series: readonly BarSeries[];
  /** Ids of parts that the legend has switched off. */
  readonly hidden: ReadonlySet<string>;
  readonly expected: ExpectedValues | undefined;
  readonly time: Omit<TimeAxis, 'range'>;
  readonly values: ValueAxis;
}

type Point = { x: number; y: number | null };

export function barConfig({ slots, series, hidden, expected, time, values }: BarConfig): CanvasConfig {
  const { palette } = time;
  const bars = series.map((one, index): ChartDataset<'bar', Point[]> => {
    const color = palette.chart[colorOf(one.color, index)];
    return {
      type: 'bar',
      label: one.label,
      data: slots.map((slot, place) => ({ x: middleOf(slot), y: one.values[place] ?? null })),
      backgroundColor: color,
      // A hairline of the card between the parts of a bar, so that colour alone does not part them.
      borderColor: palette.surface,
      borderWidth: index === 0 ? 0 : { top: 0, left: 0, right: 0, bottom: 1 },
      borderSkipped: false,
      borderRadius: 2,
      stack: 'all',
      hidden: hidden.has(one.id),
      categoryPercentage: 1,
      barPercentage: slots.length > 60 ? 0.86 : 0.72,
      maxBarThickness: 40,
      order: 1,
    };
  });
  return {
    type: 'bar',
    data: { datasets: expected ? [...bars, expectedLine(slots, expected, palette)] : bars },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      events: [],
      layout: { padding: { top: 8, right: 8 }, autoPadding: false },
      scales: {
        x: { ...timeAxis({ ...time, range: rangeOfSlots(slots) }), stacked: true },
        y: valueAxis(values),
      },
    },
  };
}

function expectedLine(
  slots: readonly TimeRange[],
  { label, values }: ExpectedValues,
  palette: Palette,
): ChartDataset<'line', Point[]> {
  return {
    type: 'line',
    label,
    data: expectedSteps(slots, values),
    borderColor: palette.muted,
    borderWidth: 1.5,
    borderDash: [4, 3],
    pointRadius: 0,
    // Its own stack: it is held against the bars, not put upon them.
    stack: 'expected',
    order: 0,
  };
}
