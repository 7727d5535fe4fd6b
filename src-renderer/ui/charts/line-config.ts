/** A line chart as Chart.js wants it. */
import type { ChartDataset } from 'chart.js';
import { timeAxis, valueAxis, type TimeAxis, type ValueAxis } from './axes.ts';
import { breakAtHoles, colorOf, pointsIn, standsAlone, thinOut, type ChartSeries } from './chart-data.ts';
import { fade, type Palette } from './palette.ts';
import type { CanvasConfig } from './use-canvas-chart.ts';

export interface LineConfig {
  readonly series: readonly ChartSeries[];
  /** Ids of series that the legend has switched off. */
  readonly hidden: ReadonlySet<string>;
  readonly maxGapSec: number | undefined;
  readonly time: TimeAxis;
  readonly values: ValueAxis;
}

/** The points of a series that are drawn: of the range, with gaps, thinned. */
export function drawnPoints(
  series: ChartSeries,
  range: TimeAxis['range'],
  maxGapSec?: number,
): ReturnType<typeof thinOut> {
  return thinOut(pointsIn(breakAtHoles(series.points, maxGapSec), range));
}

export function lineConfig({ series, hidden, maxGapSec, time, values }: LineConfig): CanvasConfig {
  const datasets = series.map((one, index) => {
    const points = drawnPoints(one, time.range, maxGapSec);
    return {
      ...lineStyle(one, time.palette, index),
      data: points.map(({ at, value }) => ({ x: at, y: value })),
      pointRadius: standsAlone(points).map((isAlone) => (isAlone ? 1.5 : 0)),
      hidden: hidden.has(one.id),
    };
  });
  return {
    type: 'line',
    data: { datasets },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 8, right: 8 }, autoPadding: false },
      scales: { x: timeAxis(time), y: valueAxis(values) },
    },
  };
}

/** How a series is drawn: a line of 1.5 pixels, 8 % below it where it has an area. */
function lineStyle(series: ChartSeries, palette: Palette, index: number): Partial<ChartDataset<'line'>> {
  const color = palette.chart[colorOf(series.color, index)];
  return {
    label: series.label,
    borderColor: color,
    borderWidth: 1.5,
    borderJoinStyle: 'round',
    // Colours begin again after the sixth: dashes tell those lines apart.
    borderDash: series.isDashed ? [4, 4] : index >= 6 ? [8, 3] : [],
    pointBackgroundColor: color,
    pointBorderWidth: 0,
    backgroundColor: fade(color, 0.08),
    fill: series.isArea ? 'origin' : false,
    stepped: series.isStepped ? 'before' : false,
  };
}
