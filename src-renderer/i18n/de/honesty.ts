/** Ob das, was ein Worker zu rechnen angibt, zu dem passt, was er beweist. */
import type { Catalogue } from '../en/index.ts';

export const honesty: Catalogue['honesty'] = {
  title: 'Ehrlichkeitsmesser',
  fits: 'Wie bewiesen',
  tooFew: 'Zu früh',
  overClaims: 'Gibt zu viel an',
  notMeasured: 'Nicht gemessen',
  explain: {
    fits: 'Die bewiesenen Blöcke passen zur gemeldeten Hashrate: {proven} gefunden, {expected} erwartet.',
    tooFew: 'Weniger als {least} erwartete Blöcke sagen zu wenig: {proven} gefunden, {expected} erwartet.',
    overClaims:
      'Er meldet mehr Hashrate, als seine Blöcke beweisen: {proven} gefunden, wo {expected} zu erwarten waren. Nur aus Pech geschieht das einmal in 700 Fällen.',
    notMeasured: 'Noch wurde nichts gemeldet, oder die Plattform prüft keine Beweise.',
  },
  claimed: 'Gemeldete Hashes',
  expected: 'Erwartete Blöcke',
  proven: 'Bewiesene Blöcke',
  zScore: 'Abweichung',
  sigma: '{z} Standardabweichungen',
  zone: 'Zufall',
  diagram:
    'Bewiesene gegen erwartete Blöcke: {z} Standardabweichungen; unter −3 wird der Worker gekennzeichnet',
  how: 'Jeder gemeldete Hash ist mit derselben kleinen Wahrscheinlichkeit ein Block. Hashes × Wahrscheinlichkeit ergibt die erwarteten Blöcke; ihre Zahl streut um deren Wurzel.',
};
