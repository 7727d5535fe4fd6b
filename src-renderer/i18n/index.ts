/** The one catalogue of texts: English is complete, other languages are loaded when somebody wants them. */
import type { Ref } from 'vue';
import { createI18n } from 'vue-i18n';
import { en, type Catalogue } from './en/index.ts';

/** Languages by code, in their own words. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const loaders: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Catalogue>>> = {
  de: () => import('./de/index.ts').then(({ de }) => de),
};

/** English, as the shape that all languages fill. */
const english: Catalogue = en;

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en: english },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
});

/** The language to show: what was chosen, or the first that the browser asks for and that is here. */
export function chooseLanguage(chosen: string): Language {
  const wished = [chosen, ...navigator.languages].map((tag) => tag.split('-')[0] as string);
  return (wished.find((tag) => tag in languages) as Language | undefined) ?? 'en';
}

/** The language that was asked for last. */
let wanted: Language = 'en';

/** Shows the texts in a language, after they are here; nothing happens when another one was asked for meanwhile. */
export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  if (language !== 'en') i18n.global.setLocaleMessage(language, await loaders[language]());
  if (wanted !== language) return;
  const locale: Ref<string> = i18n.global.locale;
  locale.value = language;
  document.documentElement.lang = language;
}
