/** The tray's menu drawn as a page, from the template that the system draws, one picture for each state. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toTrayView, trayTemplate, type TrayActions } from '../../src-main/electron/tray-menu.ts';
import { wordsOf, type SpokenLanguage } from '../../src-main/electron/words.ts';
import { programFolder } from '../desktop/electron.ts';

const states = [
  { workers: 24, online: 24, hashrate: 36_400, activeLeases: 3, openIncidents: 0, isSimulating: false },
  { workers: 24, online: 22, hashrate: 33_100, activeLeases: 3, openIncidents: 0, isSimulating: true },
  undefined,
];

const style = `
  body { margin: 0; padding: 28px; display: flex; gap: 24px; align-items: flex-start; justify-content: center;
    background: #1d2126; color: #e8eaed; font: 13px/1.5 system-ui, sans-serif; }
  section { display: grid; gap: 10px; justify-items: end; }
  img { width: 24px; height: 24px; image-rendering: auto; margin-right: 8px; }
  ul { margin: 0; padding: 5px 0; width: 244px; list-style: none; background: #2b3036; border: 1px solid #454c55;
    border-radius: 8px; box-shadow: 0 8px 24px #0006; }
  li { padding: 3px 14px; } li.off { color: #99a1ab; } hr { border: 0; border-top: 1px solid #454c55; margin: 5px 0; }
`;

/** The page, as HTML that needs nothing else. */
export function menuPage(language: SpokenLanguage): string {
  const words = wordsOf(language).tray;
  const sections = states.map((figures) => {
    const view = toTrayView(figures, words, language);
    const icon = readFileSync(join(programFolder, `resources/desktop/tray-${view.light}@2x.png`)).toString(
      'base64',
    );
    const rows = trayTemplate(view, {} as TrayActions, words).map(({ type, label, enabled }) =>
      type === 'separator' ? '<hr>' : `<li${enabled === false ? ' class="off"' : ''}>${label}</li>`,
    );
    return `<section><img src="data:image/png;base64,${icon}" alt=""><ul>${rows.join('')}</ul></section>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>${sections.join('')}`;
}
