/** Was die Plattform findet, wenn sie sich selbst prüft. */
import type { Catalogue } from '../en/index.ts';

export const selfCheck: Catalogue['selfCheck'] = {
  run: 'Jetzt prüfen',
  running: 'Prüfung läuft: Das dauert bis zu einer halben Minute',
  intro:
    'Die Plattform prüft sich wirklich: Verbindungen zu jeder ihrer Adressen, eine Nachricht durch den Broker, ein Schreibvorgang auf die Platte, jede Seite der Datenbank.',
  never: 'Seit dem Start nicht geprüft',
  neverText: 'Jetzt prüfen, um zu sehen, ob alles geht.',
  checked: 'Geprüft {age}, in {time}',
  overall: {
    ok: 'Alles geht',
    warning: 'Etwas sollte angesehen werden',
    failed: 'Etwas geht nicht',
  },
  state: { ok: 'Geht', warning: 'Ansehen', failed: 'Fehlgeschlagen', unknown: 'Unbekannt' },
  todo: 'Was zu tun ist',
  name: {
    api_port: 'Port der API',
    mqtt_port: 'Port des Brokers',
    broker: 'Broker',
    feed: 'Live-Feed',
    clock: 'Uhr',
    disk: 'Platte',
    write: 'Schreiben',
    database: 'Datenbank',
    ledger: 'Hauptbuch',
    backup: 'Sicherung',
    event_loop: 'Ereignisschleife',
  },
  says: {
    api_port: {
      reached:
        'Port {port} antwortet auf {addresses}. Eine Firewall zwischen diesem Rechner und den anderen ist von hier nicht zu sehen.',
      loopback: 'Port {port} antwortet nur auf diesem Rechner: Kein anderer erreicht ihn.',
      unreached: 'Port {port} antwortet nicht auf {addresses}: {reason}.',
    },
    mqtt_port: {
      reached:
        'Port {port} antwortet auf {addresses}. Eine Firewall zwischen diesem Rechner und den Minern ist von hier nicht zu sehen.',
      loopback: 'Port {port} antwortet nur auf diesem Rechner: Kein Miner auf einem anderen erreicht ihn.',
      unreached: 'Port {port} antwortet nicht auf {addresses}: {reason}.',
    },
    broker: {
      answered: 'Eine Nachricht ging zum Broker und zurück.',
      slow: 'Eine Nachricht ging zum Broker und zurück, aber langsam.',
      failed: 'Eine Nachricht an den Broker kam nicht zurück: {reason}.',
    },
    feed: {
      answered: 'Der Live-Feed hat seine erste Nachricht geschickt.',
      slow: 'Der Live-Feed hat seine erste Nachricht geschickt, aber langsam.',
      failed: 'Der Live-Feed hat nichts geschickt: {reason}.',
    },
    clock: {
      agrees: 'Die Uhren von {workers} Minern stimmen mit dieser überein (Median {offset} s).',
      differs: 'Die Uhren von {workers} Minern gehen gegenüber dieser um {offset} s anders (Median).',
      no_miner: 'Noch hat kein Miner eine Zeit geschickt, und im Internet fragt die Plattform niemanden.',
    },
    disk: {
      room: 'Auf der Platte der Datenbank ist Platz.',
      tight: 'Auf der Platte der Datenbank ist wenig Platz.',
      full: 'Die Platte der Datenbank ist voll.',
    },
    write: {
      quick: 'Eine Seite war nach {sync} ms auf der Platte, eine Transaktion nach {queue} ms fertig.',
      slow: 'Eine Seite war nach {sync} ms auf der Platte, eine Transaktion nach {queue} ms fertig: Das ist langsam.',
      failed: 'Die Platte hat eine Seite nicht angenommen: {reason}.',
    },
    database: {
      sound: 'Jede Seite von {tables} Tabellen ist in Ordnung.',
      unfinished: '{tables} Tabellen sind in Ordnung; für {left} weitere war keine Zeit.',
      damaged: 'Die Datenbank ist beschädigt: {problem}.',
      failed: 'Die Datenbank ließ sich nicht prüfen: {reason}.',
    },
    ledger: {
      right: 'Jede Summe und alle {entries} Buchungen stimmen.',
      unfinished: 'Das Hauptbuch wurde nicht rechtzeitig fertig geprüft; die Prüfung läuft weiter.',
      wrong: 'Das Hauptbuch stimmt nicht: {findings} Befunde, der erste ist {first}.',
      failed: 'Das Hauptbuch ließ sich nicht prüfen: {reason}.',
    },
    backup: {
      fresh: 'Die neueste gute Sicherung ist frisch.',
      old: 'Die neueste gute Sicherung ist alt.',
      none: 'Es gibt noch keine Sicherung.',
      failed: 'Die letzte Sicherung ist fehlgeschlagen: {reason}.',
      unscheduled: 'Es gibt eine gute Sicherung, aber keine ist geplant.',
    },
    event_loop: {
      quick: '99 % aller Wartezeiten der letzten Minute waren kürzer.',
      late: 'Alles wartet: 1 % aller Wartezeiten der letzten Minute war länger.',
    },
  },
  advice: {
    api_port: {
      loopback: 'Mit --api-host 0.0.0.0 starten, um ihn für das Netz zu öffnen.',
      unreached:
        'Vielleicht steht eine Regel der eigenen Firewall dieses Rechners im Weg; siehe auch --api-host.',
    },
    mqtt_port: {
      loopback: 'Mit --mqtt-host 0.0.0.0 starten, um ihn für das Netz zu öffnen.',
      unreached:
        'Vielleicht steht eine Regel der eigenen Firewall dieses Rechners im Weg; siehe auch --mqtt-host.',
    },
    broker: {
      slow: 'Der Rechner ist ausgelastet: siehe Ereignisschleife unten.',
      failed: 'Das Protokoll des Brokers sagt mehr; ein Neustart der Plattform startet ihn neu.',
    },
    feed: {
      slow: 'Der Rechner ist ausgelastet: siehe Ereignisschleife unten.',
      failed: 'Code 1013 heißt, dass zu viele Clients verbunden sind: siehe --ws-max-clients.',
    },
    clock: {
      differs:
        'Sind sich die meisten Miner einig, geht dieser Rechner falsch: NTP einschalten. Die Plattform selbst richtet sich nach ihrer eigenen Uhr.',
      no_miner:
        'timedatectl (Linux) oder die Systemeinstellungen sagen, ob dieser Rechner seine Uhr mit NTP stellt.',
    },
    disk: {
      tight: 'Platz schaffen, oder die Sicherungen mit --backup-dir auf eine andere Platte legen.',
      full: 'Jetzt Platz schaffen: Bald wird nichts mehr gespeichert, und Miner bekommen keine Bestätigung.',
    },
    write: {
      slow: 'So lange wartet jede Anmeldung und jeder Block: für --data-dir eine lokale SSD nehmen.',
      failed:
        'Miner bekommen solange keine Bestätigung und senden noch einmal. Platz schaffen, oder nach der Platte sehen.',
    },
    database: {
      unfinished: 'Die Prüfung einer Sicherung sieht jede Seite an, ohne Zeitgrenze.',
      damaged: 'Die neueste gute Sicherung zurückspielen, und Platte und Speicher dieses Rechners prüfen.',
      failed: 'Das Protokoll sagt mehr.',
    },
    ledger: {
      unfinished: 'Der Zustand zeigt das Ergebnis, sobald es da ist.',
      wrong:
        'Eine Kopie der Datenbank aufheben, sie mit einer Sicherung vergleichen, und solange niemanden auszahlen.',
      failed: 'Das Protokoll sagt mehr.',
    },
    backup: {
      old: 'Jetzt eine im Abschnitt Sicherungen machen.',
      none: 'Eine im Abschnitt Sicherungen machen.',
      failed: 'Beheben, was genannt ist, und jetzt eine im Abschnitt Sicherungen machen.',
      unscheduled: 'Eine planen: --backup-schedule.',
    },
    event_loop: { late: 'Der Rechner hat zu wenig CPU für das, was auf ihm läuft.' },
  },
  bundle: {
    title: 'Diagnose',
    text: 'Eine Zip-Datei mit Versionen, Einstellungen, dem neuesten Protokoll, Messwerten, Zustand, Schema und Zeilenzahlen, den Prüfungen von Datenbank und Hauptbuch und allen Verbundenen. Schlüssel, Passwörter und Geheimnisse sind nicht darin, Namen und Adressen von Workern schon. README.txt darin nennt alles.',
    save: 'Diagnose speichern',
    command: 'Von der Befehlszeile, auch wenn nichts läuft:',
  },
};
