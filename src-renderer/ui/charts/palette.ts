/** The theme's tokens for what is drawn on a canvas, where CSS does not reach. */
import type { ChartColor } from './chart-data.ts';

export interface Palette {
  /** Colours of series by their number, from 1. */
  readonly chart: Readonly<Record<ChartColor, string>>;
  readonly line: string;
  readonly faint: string;
  readonly muted: string;
  readonly surface: string;
  readonly font: string;
}

/** Reads the tokens of the theme in force. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    chart: {
      1: token('--chart-1'),
      2: token('--chart-2'),
      3: token('--chart-3'),
      4: token('--chart-4'),
      5: token('--chart-5'),
      6: token('--chart-6'),
    },
    line: token('--line'),
    faint: token('--faint'),
    muted: token('--muted'),
    surface: token('--surface'),
    font: style.fontFamily,
  };
}

/** A token's colour, seen through: `oklch(0.7 0.1 200)` becomes `oklch(0.7 0.1 200 / 0.08)`. */
export function fade(color: string, opacity: number): string {
  return color.includes('/') ? color : color.replace(/\)$/, ` / ${opacity})`);
}

/** Classes of the series' colours for what is HTML: keys of legends, rows of tooltips. */
export const textColors: Readonly<Record<ChartColor, string>> = {
  1: 'text-chart-1',
  2: 'text-chart-2',
  3: 'text-chart-3',
  4: 'text-chart-4',
  5: 'text-chart-5',
  6: 'text-chart-6',
};
