/** Tabellen, ihre Filter, die Auswahl in ihnen und Seiten von Listen. */
import type { Catalogue } from '../en/index.ts';

export const table: Catalogue['table'] = {
  count: 'keine Einträge | 1 Eintrag | {count} Einträge',
  sort: 'Sortieren',
  held: 'Neu ordnen',
  heldHint: 'Zeilen bleiben an ihrem Platz, solange die Maus darauf zeigt. Die Werte bleiben aktuell.',
  moveUp: '{name} nach oben',
  moveDown: '{name} nach unten',
  addFilter: 'Filter',
  findOption: 'Filter suchen',
  noOption: 'Kein Filter heißt so',
  removeFilter: 'Filter {name} entfernen',
  clearAll: 'Alle entfernen',
  clearSearch: 'Suche leeren',
  selection: 'Auswahl',
  hidden: '{count} nicht zu sehen',
  selectMatching: 'Alle {count} auswählen',
  pages: 'Seiten',
  range: '{from}–{to} von {total}',
  first: 'Erste Seite',
  last: 'Letzte Seite',
  moreOptions: '{count} weitere: zum Finden tippen',
  csv: {
    start: 'Alle Zeilen werden geladen',
    progress: 'Alle Zeilen werden geladen: {done} von {total}',
    done: '{count} Zeile ist gespeichert | {count} Zeilen sind gespeichert',
    cut: 'Nur {count} Zeile ist gespeichert | Nur {count} Zeilen sind gespeichert',
    cutHint: 'Es gibt mehr. Mit einem engeren Filter werden alle gespeichert.',
    cancelled: 'Es wurde nichts gespeichert',
    failed: 'Die Zeilen ließen sich nicht laden, es wurde nichts gespeichert',
  },
};
