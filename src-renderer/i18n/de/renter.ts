/** Was jemand mietet und gemietet hat. */
import type { Catalogue } from '../en/index.ts';

export const renter: Catalogue['renter'] = {
  subtitle: 'Was gerade gemietet ist, was es kostet und was dabei herauskam.',
  toMarket: 'Einen Worker mieten',
  tile: {
    free: 'Freies Guthaben',
    freeBelow: 'zum Mieten',
    held: 'Hinterlegt',
    heldBelow: 'für laufende Mietverträge',
    spent: 'Ausgegeben',
    spentBelow:
      'noch nichts abgerechnet | in 1 abgerechneten Mietvertrag | in {n} abgerechneten Mietverträgen',
    active: 'Laufende Mietverträge',
    activeBelow: 'bisher keine | von bisher 1 | von bisher {n}',
  },
  active: {
    title: 'Laufende Mietverträge',
    none: 'Gerade ist nichts gemietet',
    noneText:
      'Auf dem Markt einen Worker wählen. Bezahlt wird nach Minuten, und was nicht gebraucht wird, kommt zurück.',
    stop: 'Beenden',
    left: 'Restzeit',
    progress: 'Verbrauchte Zeit',
    hashrate: 'Hashrate jetzt',
    blocks: 'Gefundene Blöcke',
    cost: 'Kosten bisher',
    costOf: 'von {held} hinterlegt',
    starting: 'Wartet darauf, dass der Miner beginnt',
    more: 'Die neuesten {count} sind zu sehen; die übrigen stehen unter den Mietverträgen.',
  },
  history: {
    title: 'Verlauf',
    none: 'Noch wurde nichts gemietet',
    noMatch: 'Kein Mietvertrag ist in diesem Zustand',
    state: 'Zustand',
  },
};
