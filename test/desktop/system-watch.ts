/** What the program gives to the system: tray, notifications, wake lock. Each goes there as ever, and is noted here. */
import type { Desktop } from './desktop-program.ts';

export interface SeenTray {
  readonly toolTip: string;
  readonly labels: readonly string[];
  readonly enabled: readonly string[];
  /** The picture as a data URL, and its size. */
  readonly image: string;
  readonly width: number;
}

export interface SeenNotice {
  readonly title: string;
  readonly body: string;
}

interface Noted {
  tray: { toolTip: string; image?: Electron.NativeImage; menu?: Electron.Menu };
  notices: Electron.Notification[];
  locks: Set<number>;
}

type Watched = typeof globalThis & { noted: Noted };

/** Notes from now on. */
export async function watchSystem({ app }: Desktop): Promise<void> {
  await app.evaluate(({ Tray, Notification, powerSaveBlocker }) => {
    const noted: Noted = { tray: { toolTip: '' }, notices: [], locks: new Set() };
    (globalThis as Watched).noted = noted;
    /** Notes a call of a method, which is then made as ever; the note hears what came of it. */
    const watch = (
      target: object,
      name: string,
      note: (self: unknown, first: unknown, result: unknown) => void,
    ) => {
      const original = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      Reflect.set(target, name, function (this: unknown, ...given: unknown[]) {
        const result = Reflect.apply(original, this, given);
        note(this, given[0], result);
        return result;
      });
    };
    watch(Tray.prototype, 'setToolTip', (_tray, text) => (noted.tray.toolTip = text as string));
    watch(Tray.prototype, 'setImage', (_tray, image) => (noted.tray.image = image as Electron.NativeImage));
    watch(Tray.prototype, 'setContextMenu', (_tray, menu) => (noted.tray.menu = menu as Electron.Menu));
    watch(Notification.prototype, 'show', (notice) => noted.notices.push(notice as Electron.Notification));
    watch(powerSaveBlocker, 'start', (_blocker, _kind, id) => noted.locks.add(id as number));
  });
}

/** What the tray shows since the watch began; undefined while it did not change. */
export function seenTray({ app }: Desktop): Promise<SeenTray | undefined> {
  return app.evaluate(() => {
    const { toolTip, image, menu } = (globalThis as Watched).noted.tray;
    if (!image || !menu) return undefined;
    const items = menu.items.filter(({ type }) => type === 'normal');
    return {
      toolTip,
      labels: items.map(({ label }) => label),
      enabled: items.filter(({ enabled }) => enabled).map(({ label }) => label),
      image: image.toDataURL(),
      width: image.getSize().width,
    };
  });
}

/** Presses an entry of the tray's menu. */
export async function pressTray({ app }: Desktop, label: string): Promise<void> {
  await app.evaluate((_electron, wanted) => {
    const item = (globalThis as Watched).noted.tray.menu?.items.find((each) => each.label === wanted);
    if (!item?.enabled) throw new Error(`there is no entry ${wanted} to press`);
    Reflect.apply(item.click as () => void, item, []);
  }, label);
}

/** The notifications that were shown. */
export function seenNotices({ app }: Desktop): Promise<SeenNotice[]> {
  return app.evaluate(() =>
    (globalThis as Watched).noted.notices.map(({ title, body }) => ({ title, body })),
  );
}

/** As the system tells that somebody clicked a notification. */
export async function clickNotice({ app }: Desktop, index: number): Promise<void> {
  await app.evaluate((_electron, which) => {
    const notice = (globalThis as Watched).noted.notices[which] as unknown as { emit(name: string): void };
    notice.emit('click');
  }, index);
}

/** How many reasons there are to keep the machine awake, as the system knows them. */
export function heldLocks({ app }: Desktop): Promise<number> {
  return app.evaluate(
    ({ powerSaveBlocker }) =>
      [...(globalThis as Watched).noted.locks].filter((id) => powerSaveBlocker.isStarted(id)).length,
  );
}
