/** Pointing at moments of a chart and choosing a range of it, by mouse, pen, finger and keyboard. */
import { onClickOutside } from '@vueuse/core';
import { computed, onBeforeUnmount, shallowRef, type Ref, type ShallowRef } from 'vue';
import { nearestIndex, type TimeRange } from './chart-data.ts';
import { useCrosshair } from './crosshair.ts';
import { momentAt, type Plot } from './use-canvas-chart.ts';

export interface Pointing {
  readonly box: Readonly<ShallowRef<HTMLElement | null>>;
  readonly plot: Readonly<Ref<Plot | undefined>>;
  /** The moments that can be pointed at, in order. */
  readonly moments: Readonly<Ref<readonly number[]>>;
  readonly group: () => string;
  /** Whether ranges can be chosen. */
  readonly canChoose: () => boolean;
  readonly choose: (range: TimeRange) => void;
  readonly clear: () => void;
}

/** Less than this is a click whose hand shook. */
const leastDragPx = 5;

/** @returns the crosshair, whether it is here that somebody points, the selection so far, and the listeners */
export function usePointing(chart: Pointing) {
  const { at: crosshair, isHere, ...shared } = useCrosshair(chart.group());
  const anchor = shallowRef<number | null>(null);
  const selection = computed<TimeRange | null>(() => {
    if (anchor.value === null || crosshair.value === null) return null;
    const ends = [anchor.value, crosshair.value] as const;
    return { from: Math.min(...ends), to: Math.max(...ends) };
  });

  function leave(): void {
    shared.leave();
    anchor.value = null;
  }
  function pointAt(index: number): void {
    const moments = chart.moments.value;
    const at = moments[Math.min(moments.length - 1, Math.max(0, index))];
    if (at !== undefined) shared.pointAt(at);
  }
  function finish(): void {
    const range = selection.value;
    anchor.value = null;
    if (range && range.to > range.from) {
      leave();
      chart.choose(range);
    }
  }
  const pointer = pointerListeners(chart, { anchor, leave, pointAt, finish });
  const onKeydown = keyListener(chart, { crosshair, anchor, selection, leave, pointAt, finish });

  // A finger leaves nothing hovered: what it pointed at stays until it touches something else.
  onClickOutside(chart.box, leave);
  onBeforeUnmount(leave);
  return {
    crosshair,
    isHere,
    selection,
    listeners: { ...pointer, keydown: onKeydown, blur: leave },
  };
}

interface Hand {
  readonly anchor: ShallowRef<number | null>;
  readonly leave: () => void;
  readonly pointAt: (index: number) => void;
  readonly finish: () => void;
}

function pointerListeners(chart: Pointing, hand: Hand) {
  let downX: number | undefined;
  const placeOf = (event: PointerEvent, plot: Plot) => {
    const x = event.clientX - (chart.box.value?.getBoundingClientRect().left ?? 0);
    return { x, index: nearestIndex(chart.moments.value, momentAt(plot, x)) };
  };
  function pointermove(event: PointerEvent): void {
    const plot = chart.plot.value;
    if (!plot) return;
    const { x, index } = placeOf(event, plot);
    if (downX !== undefined && hand.anchor.value === null && Math.abs(x - downX) > leastDragPx) {
      hand.anchor.value =
        chart.moments.value[nearestIndex(chart.moments.value, momentAt(plot, downX))] ?? null;
    }
    hand.pointAt(index);
  }
  function pointerdown(event: PointerEvent): void {
    // A finger that drags moves the crosshair: it has no hover to do that with.
    if (event.pointerType !== 'touch' && event.button === 0 && chart.canChoose() && chart.plot.value) {
      downX = placeOf(event, chart.plot.value).x;
      chart.box.value?.setPointerCapture(event.pointerId);
    }
    pointermove(event);
  }
  function pointerup(event: PointerEvent): void {
    if (downX === undefined) return;
    downX = undefined;
    chart.box.value?.releasePointerCapture(event.pointerId);
    hand.finish();
  }
  function pointercancel(): void {
    downX = undefined;
    hand.leave();
  }
  function pointerleave(event: PointerEvent): void {
    if (event.pointerType !== 'touch' && downX === undefined) hand.leave();
  }
  return { pointerdown, pointermove, pointerup, pointercancel, pointerleave, dblclick: chart.clear };
}

function keyListener(
  chart: Pointing,
  hand: Hand & {
    readonly crosshair: Readonly<Ref<number | null>>;
    readonly selection: Readonly<Ref<TimeRange | null>>;
  },
) {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    PageDown: -10,
    PageUp: 10,
    Home: -Infinity,
    End: Infinity,
  };
  return (event: KeyboardEvent): void => {
    const moments = chart.moments.value;
    const step = steps[event.key];
    const at = hand.crosshair.value;
    if (step !== undefined && moments.length > 0) {
      event.preventDefault();
      if (!event.shiftKey || !chart.canChoose()) hand.anchor.value = null;
      else hand.anchor.value ??= at ?? moments[moments.length - 1] ?? null;
      const isFirst = at === null && Number.isFinite(step);
      hand.pointAt(isFirst ? moments.length - 1 : nearestIndex(moments, at ?? 0) + step);
    } else if (event.key === 'Enter' && hand.selection.value) {
      event.preventDefault();
      hand.finish();
    } else if (event.key === 'Escape' && (at !== null || chart.canChoose())) {
      if (at === null) chart.clear();
      else hand.leave();
    }
  };
}
