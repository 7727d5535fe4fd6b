/** The life of a Chart.js chart on a canvas: it loads, follows its data and the theme, and ends with the component. */
import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import { computed, onBeforeUnmount, onMounted, shallowRef, watch, type ShallowRef } from 'vue';
import { usePreferences } from '../../state/preferences.ts';
import { whenIdle } from '../when-idle.ts';
import { readPalette, type Palette } from './palette.ts';

/** Where a chart has drawn, in pixels of its box, and what values lie there. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Of the whole box. */
  readonly width: number;
  readonly fromX: number;
  readonly toX: number;
  readonly fromY: number;
  readonly toY: number;
}

/** A chart's data and options; Chart.js' types ask for one kind of chart, ours have bars and lines together. */
export type CanvasConfig = ChartConfiguration<'bar' | 'line', { x: number; y: number | null }[]>;

/** @returns where the chart has drawn (undefined until then), and whether its code could not be loaded */
export function useCanvasChart(
  canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>,
  configure: (palette: Palette) => CanvasConfig,
) {
  const preferences = usePreferences();
  const plot = shallowRef<Plot>();
  const isBroken = shallowRef(false);
  const palette = shallowRef<Palette>();
  const config = computed(() => palette.value && configure(palette.value));
  let chart: Chart<'bar' | 'line', { x: number; y: number | null }[]> | undefined;
  let isGone = false;

  const reporter: Plugin<'bar' | 'line'> = {
    id: 'plot',
    afterUpdate: ({ chartArea, scales, width }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const { left, right, top, bottom } = chartArea;
      plot.value = {
        ...{ left, right, top, bottom, width },
        ...{ fromX: x.min, toX: x.max, fromY: y.min, toY: y.max },
      };
    },
  };

  // After the root has got the theme's name, or the old theme's colours would be read.
  watch(
    () => preferences.seenTheme,
    () => (palette.value = readPalette()),
    { flush: 'post' },
  );
  watch(config, (next) => {
    if (!chart || !next) return;
    chart.data = next.data;
    if (next.options) chart.options = next.options;
    chart.update('none');
  });
  onMounted(async () => {
    palette.value = readPalette();
    // Figures first: they are there at once, and a chart takes a while to draw.
    await whenIdle();
    const engine = await import('./engine.ts').catch(() => undefined);
    if (isGone) return;
    isBroken.value = !engine;
    if (!engine || !canvas.value || !config.value) return;
    chart = new engine.Chart(canvas.value, { ...config.value, plugins: [reporter] });
  });
  onBeforeUnmount(() => {
    isGone = true;
    chart?.destroy();
    chart = undefined;
  });

  return { plot, isBroken };
}

/** The place of a moment on a plot, in pixels of its box. */
export function xOf({ left, right, fromX, toX }: Plot, at: number): number {
  return left + ((at - fromX) / (toX - fromX)) * (right - left);
}

/** The moment at a place of a plot, held inside of it. */
export function momentAt({ left, right, fromX, toX }: Plot, x: number): number {
  const share = Math.min(1, Math.max(0, (x - left) / (right - left)));
  return fromX + share * (toX - fromX);
}

/** The place of a value on a plot, in pixels of its box. */
export function yOf({ top, bottom, fromY, toY }: Plot, value: number): number {
  return bottom - ((value - fromY) / (toY - fromY)) * (bottom - top);
}
