/** Wörter der Diagramme, wo immer sie stehen. */
import type { Catalogue } from '../en/index.ts';

export const charts: Catalogue['charts'] = {
  time: 'Zeit',
  more: 'und 1 weitere | und 1 weitere | und {n} weitere',
  summary: '{label}: niedrigster Wert {min}, höchster {max}, letzter {last}.',
  summaryEmpty: '{label}: keine Daten.',
  showAll: 'Alles zeigen',
  broken: 'Das Diagramm konnte nicht geladen werden. Die Seite neu laden, um es noch einmal zu versuchen.',
  expected: 'Erwartet',
  unrecorded: 'Nicht aufgezeichnet',
  share: '{label}: {value}, {percent}',
  timeline: '{label}. {parts}.',
};
