/** The command palette's state, and what pages add to it. */
import { onScopeDispose, shallowReactive, shallowRef, type Component } from 'vue';

export interface PaletteAction {
  readonly id: string;
  readonly label: string;
  readonly icon?: Component;
  /** Other words by which it is found. */
  readonly words?: string;
  readonly run: () => void;
}

export const isPaletteOpen = shallowRef(false);
export const isHelpOpen = shallowRef(false);

const actions = shallowReactive(new Map<string, PaletteAction>());

/** What can be done now. */
export function paletteActions(): readonly PaletteAction[] {
  return [...actions.values()];
}

/** Offers actions while the component that calls this is there. */
export function offerActions(offered: readonly PaletteAction[]): void {
  for (const action of offered) actions.set(action.id, action);
  onScopeDispose(() => {
    for (const { id } of offered) actions.delete(id);
  });
}
