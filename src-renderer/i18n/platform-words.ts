/** What the platform itself says in English (settings, findings, scenarios), in the language in force. */
import { shallowRef, watchEffect } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ConfigKey } from '../../src-main/contract/config.ts';
import type { ImportFindingCode } from '../../src-main/contract/domain/import-report.ts';
import type { LedgerFindingCode } from '../../src-main/contract/domain/ledger.ts';
import { ledgerFindings } from '../../src-main/contract/domain/ledger.ts';

/** The words of a language other than English. */
export interface PlatformWords {
  /** What each setting does. */
  readonly settings: Readonly<Record<ConfigKey, string>>;
  readonly ledgerFindings: Readonly<Record<LedgerFindingCode, string>>;
  readonly importFindings: Readonly<Record<ImportFindingCode, string>>;
  /** By the scenario's name; one that is not named here keeps the platform's words. */
  readonly scenarios: Readonly<Record<string, string>>;
  /** How long rows of a table are kept, by what the platform says. */
  readonly retentions: Readonly<Record<string, string>>;
}

const loaders: Readonly<Record<string, () => Promise<PlatformWords>>> = {
  de: () => import('./de/platform-words.ts').then(({ words }) => words),
};

/** Looks the platform's words up; they stay English where they are not known, and until others are loaded. */
export function usePlatformWords() {
  const { locale } = useI18n();
  const words = shallowRef<PlatformWords | undefined>();
  watchEffect(() => {
    const language = locale.value;
    words.value = undefined;
    void loaders[language]?.().then((loaded) => {
      if (locale.value === language) words.value = loaded;
    });
  });
  return {
    settingText: (name: string, english: string) =>
      (words.value?.settings as Readonly<Record<string, string>> | undefined)?.[name] ?? english,
    ledgerFinding: (code: LedgerFindingCode) => words.value?.ledgerFindings[code] ?? ledgerFindings[code],
    importFinding: (code: ImportFindingCode, english: string) => words.value?.importFindings[code] ?? english,
    scenarioText: (name: string, english: string) => words.value?.scenarios[name] ?? english,
    retention: (english: string) => words.value?.retentions[english] ?? english,
  };
}
