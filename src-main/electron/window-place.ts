/** Where the window was, and whether it can be there again. */
import { z } from 'zod';

export const windowPlaceSchema = z.object({
  x: z.number().int().nullable().default(null),
  y: z.number().int().nullable().default(null),
  width: z.number().int().min(400).max(16_384).default(1360),
  height: z.number().int().min(300).max(16_384).default(860),
  isMaximized: z.boolean().default(false),
  zoomLevel: z.number().min(-8).max(9).default(0),
});
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So much of the title bar has to be seen, so that the window can be grasped. */
const graspable = { width: 120, height: 24 };

/**
 * Bounds for a window that opens: where it was, if that is still on a screen, never larger than it.
 *
 * @param screens the work areas of the displays, the main one first
 */
export function boundsOn(
  screens: readonly Rectangle[],
  { x, y, width, height }: WindowPlace,
): Partial<Rectangle> & { width: number; height: number } {
  const [main] = screens;
  if (x !== null && y !== null) {
    const screen = screens.find((area) => isGraspable(area, { x, y, width, height }));
    if (screen) return { x, y, ...within(screen, { width, height }) };
  }
  return main ? within(main, { width, height }) : { width, height };
}

function isGraspable(area: Rectangle, { x, y, width }: Rectangle): boolean {
  const seen = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return seen >= graspable.width && y >= area.y && y + graspable.height <= area.y + area.height;
}

function within(area: Rectangle, size: { width: number; height: number }) {
  return { width: Math.min(size.width, area.width), height: Math.min(size.height, area.height) };
}
