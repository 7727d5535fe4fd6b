/** The actions on workers as entries of a menu or buttons. */
import { computed, type ComputedRef } from 'vue';
import { useText } from '../../i18n/use-text.ts';
import type { MenuEntry } from '../../ui/menu-entry.ts';
import { actionIcons } from './action-icons.ts';
import { actionTraits, offeredActions, type OfferedAction } from './command-action.ts';
import { useCommands } from './commands.ts';

/**
 * Entries that ask before they send.
 *
 * @param idsOf whom it is for, at the moment of the choice
 */
export function useActionEntries(
  idsOf: () => readonly string[],
  actions: () => readonly OfferedAction[] = () => offeredActions,
): ComputedRef<readonly Extract<MenuEntry, { kind: 'item' }>[]> {
  const text = useText();
  const commands = useCommands();
  return computed(() =>
    actions().map((action) => ({
      kind: 'item' as const,
      label: text(`control.action.${action}`),
      icon: actionIcons[action],
      isDangerous: actionTraits[action].isDangerous ?? false,
      run: () => commands.ask(action, idsOf()),
    })),
  );
}
