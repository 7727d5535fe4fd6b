/** Blöcke und Arbeitsnachweise. */
import type { Catalogue } from '../en/index.ts';

export const blocks: Catalogue['blocks'] = {
  reason: {
    proven: 'Bewiesen: es gibt nichts zu erklären',
    legacy_salt:
      'Das Salz gehört zu keinem Konto. Es beweist die Arbeit eines selbst geschürften Blocks; für eine Miete wird es abgelehnt',
    not_checked: 'Die Plattform läuft mit --verify off: aufgenommen, wie gemeldet',
    no_proof: 'Der Hash ist keine PHC-Zeichenkette, deshalb lässt sich nichts prüfen',
    no_account: 'Die Meldung nennt kein Konto, mit dem das Salz verglichen werden könnte',
    malformed_proof:
      'Der Hash ist nicht genau $argon2id$v=19$m=<M>,t=1,p=1$<Salz aus 20 Bytes>$<Prüfwert aus 64 Bytes>',
    malformed_key: 'Der Schlüssel besteht nicht aus 64 oder 128 Hexadezimalziffern',
    memory_below_difficulty: 'Der Speicheraufwand liegt unter der geltenden Schwierigkeit',
    memory_above_limit: 'Der Speicheraufwand liegt über 1 GiB',
    no_marker: 'Der Prüfwert enthält keine Marke: ein Hash, kein Block',
    outside_xuni_window: 'Ein Xuni-Block zählt nur von Minute 55 bis 5 einer Stunde',
    wrong_account: 'Das Salz ist nicht das Konto, das die Meldung nennt',
    wrong_hash: 'Argon2id des Schlüssels ergibt nicht den Prüfwert',
    imported: 'Von der früheren Plattform übernommen, die keine Nachweise berechnete',
    duplicate_key: 'Der Schlüssel zählt schon, für einen anderen Worker oder eine andere Miete',
    unknown_lease: 'Diese Miete gibt es nicht',
    lease_of_another_worker: 'Die Miete gehört nicht zu diesem Worker',
    lease_ended: 'Er kam mehr als eine Minute nach dem Ende seiner Miete an',
    wrong_prefix: 'Der Schlüssel beginnt nicht mit dem Präfix der Miete',
    not_consumer_account: 'Das Konto ist nicht die Adresse des Mieters',
  },
  kind: { normal: 'Normal', super: 'Super', xuni: 'Xuni' },
  kindMeaning: {
    normal: 'Der Prüfwert enthält die Marke',
    super: 'Der Prüfwert enthält die Marke und 50 oder mehr Großbuchstaben',
    xuni: 'Der Prüfwert enthält XUNI und eine Ziffer',
  },
};
