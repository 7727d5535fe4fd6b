import { EyeOff, Pause, Play, Power, RotateCw, SlidersHorizontal, Store } from '@lucide/vue';
import type { Component } from 'vue';
import type { CommandAction } from '../../../src-main/contract/domain/command.ts';

/** One icon for each command, wherever it is shown. */
export const actionIcons: Readonly<Record<CommandAction, Component>> = {
  pause: Pause,
  stop: Pause,
  resume: Play,
  start: Play,
  restart: RotateCw,
  set_config: SlidersHorizontal,
  update_config: SlidersHorizontal,
  list: Store,
  unlist: EyeOff,
  shutdown: Power,
};
