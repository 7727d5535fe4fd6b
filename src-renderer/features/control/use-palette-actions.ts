/** Actions of a page in the command palette, as long as they can be done. */
import { effectScope, onScopeDispose, watch, type EffectScope } from 'vue';
import { offerActions, type PaletteAction } from '../../shell/palette.ts';

/** Offers what `actions` returns now, and again when that changes. */
export function usePaletteActions(actions: () => readonly PaletteAction[]): void {
  let scope: EffectScope | undefined;
  watch(
    actions,
    (offered) => {
      scope?.stop();
      scope = effectScope(true);
      scope.run(() => offerActions(offered));
    },
    { immediate: true },
  );
  onScopeDispose(() => scope?.stop());
}
