/** Die Übersicht. */
import type { Catalogue } from '../en/index.ts';

export const overview: Catalogue['overview'] = {
  tile: {
    hashrate: 'Hashrate',
    online: 'Worker online',
    blocks: 'Blöcke, letzte Stunde',
    leases: 'Laufende Mieten',
    revenue: 'Einnahmen heute',
  },
  thanYesterday: 'gegenüber gestern um diese Zeit',
  ofTotal: 'von {total}',
  gpus: '{active} von {total} GPUs schürfen',
  expected: '{n} erwartet',
  chart: 'Hashrate der Flotte',
  range: 'Gezeigte Zeit',
  hours: '{n} h',
  network: 'Schwierigkeit {difficulty} · {blocks} Blöcke insgesamt',
  believed: '· Blöcke werden geglaubt, nicht bewiesen (--verify off)',
  attention: {
    title: 'Braucht Aufmerksamkeit',
    none: 'Alles in Ordnung.',
    error: 'keine Fehler | 1 Worker meldet einen Fehler | {n} Worker melden einen Fehler',
    gpu_lost:
      'keine GPU verloren | 1 Worker schürft mit weniger GPUs, als er hat | {n} Worker schürfen mit weniger GPUs, als sie haben',
    over_claims:
      'niemand | 1 Worker behauptet mehr, als er beweist | {n} Worker behaupten mehr, als sie beweisen',
    offline: 'keiner offline | 1 Worker ist offline | {n} Worker sind offline',
    stale:
      'keiner überfällig | Bei 1 Worker ist der Herzschlag überfällig | Bei {n} Workern ist der Herzschlag überfällig',
  },
  blocks: {
    title: 'Neueste Blöcke',
    none: 'Noch kein Block',
    noneText: 'Mit wenigen Hashes braucht ein Block seine Zeit. Oben steht, wie viele zu erwarten sind.',
  },
  activity: {
    title: 'Geschehen',
    none: 'Noch ist nichts geschehen',
    block: '{worker} fand einen Block',
    started: '{worker} wurde für {duration} gemietet',
    completed: 'Miete von {worker} beendet, {blocks} Blöcke',
    cancelled: 'Miete von {worker} abgebrochen, {blocks} Blöcke',
  },
};
