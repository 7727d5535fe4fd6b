/** What the desktop program and the dashboard do for each other, besides the settings page. */
import { useEventListener, useIntervalFn } from '@vueuse/core';
import { shallowRef, watch } from 'vue';
import { useRouter } from 'vue-router';
import { useText } from '../i18n/use-text.ts';
import { usePreferences } from '../state/preferences.ts';
import { useSession } from '../state/session.ts';
import { desktopLanguages } from '../../src-main/contract/ipc/preferences.ts';
import { desktop } from './bridge.ts';

type Bridge = NonNullable<typeof desktop>;

/** Whether the bar to find text in the page is open. */
export const isFindOpen = shallowRef(false);

/** The operator's session ends after a day; it is opened anew long before somebody notices. */
const checkSessionEveryMs = 10 * 60_000;

/** Connects both; nothing happens in a browser. */
export function useDesktop(): void {
  if (!desktop) return;
  const bridge = desktop;
  const router = useRouter();
  const preferences = usePreferences();
  const session = useSession();
  bridge.on('navigate', (place) => void router.push(place === '' ? '/' : place));
  bridge.on('openFind', () => (isFindOpen.value = true));
  void shareLooks(bridge, preferences);
  useIntervalFn(() => void session.refresh().catch(() => undefined), checkSessionEveryMs);
  useRestoreByDrop(bridge);
}

/**
 * Theme and language are the program's: what a page remembers is bound to its address, which changes with the port.
 * The page takes them over, and tells what is chosen from then on.
 */
async function shareLooks(bridge: Bridge, preferences: ReturnType<typeof usePreferences>): Promise<void> {
  const kept = await bridge.readDesktop().catch(() => undefined);
  if (kept) {
    preferences.theme = kept.preferences.theme;
    preferences.locale = kept.preferences.language;
  }
  watch([() => preferences.theme, () => preferences.locale], ([theme, locale]) => {
    const language = desktopLanguages.find((known) => known === locale) ?? '';
    void bridge.setLooks({ theme, language }).catch(() => undefined);
  });
}

/** A backup that is dropped on the window is restored, after the program asked. */
function useRestoreByDrop(bridge: Bridge): void {
  const text = useText();
  const isFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
  useEventListener(document, 'dragover', (event: DragEvent) => {
    if (isFile(event)) event.preventDefault();
  });
  useEventListener(document, 'drop', (event: DragEvent) => {
    if (!isFile(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) void restore(file);
  });

  async function restore(file: File): Promise<void> {
    const { toast } = await import('vue-sonner');
    if (!file.name.endsWith('.db'))
      return void toast.error(text('desktop.drop.notABackup', { name: file.name }));
    try {
      const { ok, detail } = await bridge.restoreFile(file);
      if (ok) toast.success(text('desktop.drop.restored'), { description: detail });
      else if (detail !== '') toast.error(detail);
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    }
  }
}
