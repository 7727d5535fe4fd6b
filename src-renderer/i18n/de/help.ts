/** Antworten auf das, was schiefgeht, jede mit einer Prüfung im laufenden Betrieb. */
import type { Catalogue } from '../en/index.ts';

export const help: Catalogue['help'] = {
  title: 'Hilfe',
  subtitle: 'Was schiefgeht, warum, und was zu tun ist, mit Prüfungen dieser Plattform im laufenden Betrieb.',
  search: 'Ein Anzeichen oder eine Fehlermeldung',
  topicsLabel: 'Themen',
  allTopics: 'Alle Themen',
  noMatch: 'Kein Thema passt zu „{text}“',
  noMatchText: 'Andere Wörter versuchen, oder die Selbstprüfung: Sie probiert jeden Teil der Plattform.',
  noTopic: 'Dieses Thema gibt es nicht',
  toSelfCheck: 'Selbstprüfung',
  link: 'Hilfe dazu',
  causes: 'Ursachen',
  live: 'Jetzt prüfen',
  needsOperator: 'Als Betreiber anmelden, um das im laufenden Betrieb zu prüfen.',
  checking: 'Wird geprüft',
  check: 'Prüfen',
  topics: {
    workers: {
      title: 'Ein Worker erscheint nicht',
      words: 'Miner fehlt offline nicht sichtbar Flotte leer abgewiesen register Topic Firewall',
      meaning:
        'Ein Worker erscheint, sobald sein register oder ein Heartbeat den Broker erreicht. Etwas auf diesem Weg hält ihn auf.',
      causes: {
        address: {
          title: 'Der Miner wählt eine andere Adresse oder einen anderen Port',
          text: 'Er braucht die Adresse dieses Rechners, wie sein eigenes Netz sie kennt, und den Port des Brokers (1883, wenn nichts anderes eingestellt ist). Die Seite „Miner hinzufügen“ hat beides in einer Befehlszeile.',
        },
        firewall: {
          title: 'Eine Firewall steht im Weg',
          text: 'Auf dem Rechner des Miners den Test von Hand der Seite „Miner hinzufügen“ ausführen: Verbindet sich mosquitto_pub nicht, liegt es am Netz und nicht am Miner.',
        },
        topic: {
          title: 'Er sendet an ein anderes Topic',
          text: 'Ein Miner spricht auf xenminer/NAME/register, heartbeat, status und block. Bei normalem und strengem Zugang werden andere Topics abgewiesen und unter „Abgewiesen“ gezeigt.',
        },
        name: {
          title: 'Zwei Miner haben denselben Namen',
          text: 'Für einen Worker spricht nur eine Verbindung. Die zweite wird abgewiesen, solange die erste lebt: jedem Rig eine eigene --worker-id geben.',
        },
        filter: {
          title: 'Ein Filter der Flotte verbirgt ihn',
          text: 'Die Seite Flotte zeigt ihre Filter über der Tabelle. Dort löschen, oder den Namen in der Befehlspalette suchen (Strg K).',
        },
      },
    },
    port: {
      title: 'Adresse wird schon benutzt',
      words: 'Port belegt EADDRINUSE already in use 8080 1883 Start schlägt fehl',
      meaning:
        'Die Plattform ist nicht gestartet, weil ein anderes Programm auf dem Port ihrer API oder ihres Brokers antwortet.',
      causes: {
        twice: {
          title: 'Die Plattform läuft schon',
          text: 'Als Dienst, in einem anderen Fenster oder in der Desktop-App. Diese beenden, oder sie benutzen: Sie hat dasselbe Dashboard.',
        },
        broker: {
          title: 'Ein Mosquitto oder ein anderer Broker hat Port 1883',
          text: 'Ihn beenden (unter Linux: sudo systemctl disable --now mosquitto), oder die Plattform mit --mqtt-port 11883 starten und den Minern diesen Port geben.',
        },
        web: {
          title: 'Ein Webserver hat Port 8080',
          text: 'Die Plattform mit einem anderen starten, etwa --api-port 9090.',
        },
        low: {
          title: 'Der Port liegt unter 1024',
          text: 'Unter Linux brauchen solche Ports Rechte, die ein normaler Benutzer nicht hat. Einen höheren nehmen, und einen Reverse-Proxy davor.',
        },
      },
    },
    feed: {
      title: 'Der Live-Feed bricht ab',
      words: 'WebSocket getrennt 1013 1006 Proxy nginx Hinweis Wiederverbindung ws',
      meaning:
        'Das Dashboard erfährt alles über einen WebSocket. Bricht er ab, sagt das eine Zeile oben, und es wird von selbst wieder versucht.',
      causes: {
        proxy: {
          title: 'Ein Reverse-Proxy reicht WebSockets nicht durch',
          text: 'nginx braucht für /ws/ proxy_http_version 1.1, die Kopfzeilen Upgrade und Connection und ein langes proxy_read_timeout. In resources/deploy/nginx.conf stehen sie.',
        },
        many: {
          title: 'Zu viele Clients (Code 1013)',
          text: 'Einer mehr als --ws-max-clients wird sofort getrennt. Alte Tabs schließen, oder den Wert erhöhen.',
        },
        slow: {
          title: 'Dieser Browser kommt nicht mit',
          text: 'Wer zu langsam liest, wird getrennt, damit er die anderen nicht aufhält: eine langsame Leitung, oder ein Rechner, der schläft.',
        },
        origin: {
          title: 'Die Seite kommt von einer anderen Herkunft (403)',
          text: 'Ein Dashboard, das ein anderer Server ausliefert, braucht --allowed-origin mit dessen Adresse.',
        },
      },
    },
    locked: {
      title: 'Die Datenbank ist gesperrt',
      words: 'SQLITE_BUSY database is locked in use by another instance schreiben',
      meaning:
        'SQLite lässt nur ein Programm zugleich schreiben. Die Plattform hält eine Sperre, damit kein zweites schreibt; andere Werkzeuge können ihr in die Quere kommen.',
      causes: {
        second: {
          title: 'Eine zweite Plattform wurde mit demselben Datenordner gestartet',
          text: 'Sie verweigert den Start und sagt es. Eine von beiden beenden, oder ihr ein eigenes --data-dir geben.',
        },
        tool: {
          title: 'Ein anderes Werkzeug schreibt in die Datei',
          text: 'sqlite3, ein DB-Browser oder ein Skript mit offener Transaktion. Es schließen: Lesen ist in Ordnung, Schreiben nicht, solange die Plattform läuft.',
        },
        network: {
          title: 'Die Datei liegt auf einem Netzlaufwerk',
          text: 'Dort sind Sperren nicht verlässlich (NFS, SMB, abgeglichene Ordner). --data-dir auf eine lokale Platte legen.',
        },
        disk: {
          title: 'Die Platte ist voll oder defekt',
          text: 'Auch dann lässt sich nichts schreiben: siehe Zustand und Selbstprüfung.',
        },
      },
    },
    growing: {
      title: 'Die Datenbank wächst',
      words: 'Platte voll Speicher Snapshots Größe Aufbewahrung aufräumen groß',
      meaning:
        'Messwerte und Befehle werden nach ihrem Alter gelöscht; Blöcke, Mietverträge und das Hauptbuch bleiben. Die Tabelle zeigt, wo es sich einpendelt.',
      causes: {
        fleet: {
          title: 'Eine große Flotte macht viele Messwerte',
          text: 'Alle 30 s einer je Worker, 24 h lang, das sind etwa 2.880 Zeilen je Worker. Bei dieser Größe bleibt es.',
        },
        free: {
          title: 'Gelöschte Zeilen lassen freie Seiten zurück',
          text: 'Sie werden wieder benutzt. Aufräumen gibt sie sofort an die Platte zurück.',
        },
        log: {
          title: 'Wer lange liest, hält das Log (-wal) groß',
          text: 'Eine Sicherung oder ein anderes Werkzeug. Es schrumpft, wenn das fertig ist.',
        },
      },
    },
    tokens: {
      title: 'Nach einem Neustart abgemeldet',
      words: 'JWT Token ungültig Geheimnis abgelaufen neu anmelden 401',
      meaning:
        'Anmeldungen sind mit einem Geheimnis unterschrieben. Mit einem anderen gilt auf einmal keine mehr.',
      causes: {
        moved: {
          title: 'Der Datenordner ist ein anderer',
          text: 'Ist kein Geheimnis angegeben, macht der erste Start eines und legt es in den Datenordner. Ein Container ohne Volume dafür macht jedes Mal ein neues.',
        },
        given: {
          title: '--jwt-secret hat einen anderen Wert',
          text: 'Jeder Start braucht denselben. Eine Datei ist sicherer als ein Schalter: --jwt-secret-file.',
        },
        expired: {
          title: 'Die Anmeldung ist einfach abgelaufen',
          text: 'Das Token einer Wallet gilt 24 h. API-Schlüssel gelten, bis sie widerrufen werden oder ablaufen.',
        },
      },
    },
    subscribers: {
      title: 'Ein Befehl erreicht niemanden',
      words: 'No subscribers for topic control nicht zugestellt Befehl unerreichbar',
      meaning:
        'Ein Befehl geht an die Verbindung seines Workers, die xenminer/NAME/control abonniert hat. Keine hat das getan.',
      causes: {
        offline: {
          title: 'Der Worker ist offline',
          text: 'Für ihn wird nichts aufgehoben: den Befehl noch einmal senden, wenn er zurück ist.',
        },
        deaf: {
          title: 'Er abonniert nicht',
          text: 'Simulatoren und Skripte, die nur senden, sind zu sehen, hören aber nichts. Ein echter Miner abonniert, bevor er sich anmeldet.',
        },
        other: {
          title: 'Eine andere Verbindung hört für ihn',
          text: 'Die erste Verbindung, die für einen Worker spricht, bekommt seine Befehle; eine zweite mit demselben Namen wird abgewiesen.',
        },
      },
    },
    build: {
      title: 'Der Build schlägt fehl',
      words: 'npm install TypeScript Fehler Node Version node_modules kompilieren',
      meaning: 'Ein Build aus den Quellen braucht das richtige Node und ein vollständiges node_modules.',
      causes: {
        node: {
          title: 'Node ist zu alt',
          text: 'Nötig ist Node 24 oder neuer. npm-Skripte nehmen das mitinstallierte; node --version zeigt das des Systems.',
        },
        modules: {
          title: 'node_modules ist nur halb installiert',
          text: 'Löschen und genau das installieren, was die Lock-Datei nennt: rm -rf node_modules && npm ci && npm run build',
        },
        dashboard: {
          title: 'Das Dashboard fehlt',
          text: 'Die Plattform antwortet, aber /dashboard sagt, dass es nicht gebaut ist: npm run build baut es.',
        },
      },
    },
  },
  visibility: {
    id: 'Name des Workers',
    seen: '{name} ist zu sehen: Er ist angemeldet und online',
    probable: 'Am wahrscheinlichsten: {cause}',
    nothing: 'Was sich prüfen ließ, ist in Ordnung, aber er ist nicht online.',
    open: 'Worker öffnen',
    refusals: 'Was der Broker von ihm abgewiesen hat',
    state: { ok: 'In Ordnung', problem: 'Problem', unknown: 'Noch nicht zu sagen' },
    cause: {
      id: 'Name',
      broker: 'Broker',
      connection: 'Verbindung',
      refusal: 'Abgewiesen',
      topic: 'Topics',
      rights: 'Rechte',
      limit: 'Grenze der Worker',
      register: 'Anmeldung',
      heartbeat: 'Heartbeat',
      listens: 'Befehle',
      browser: 'Dieser Browser',
    },
    says: {
      id: {
        valid: 'So kann ein Worker heißen.',
        invalid: '„{name}“ kann kein Worker heißen: kein / + # und keine Steuerzeichen.',
        client_id: 'Das ist eine Client-Id: Der Worker heißt {other}, und er ist angemeldet.',
        similar:
          'Diesen Worker gibt es nicht, aber einen namens {other}: Groß- und Kleinbuchstaben, Leerzeichen und Striche zählen.',
      },
      broker: {
        listens: 'Der Broker nimmt auf Port {port} Verbindungen an.',
        loopback: 'Der Broker antwortet nur auf diesem Rechner. --mqtt-host 0.0.0.0 öffnet ihn für das Netz.',
        down: 'Der Broker nimmt keine Verbindungen an: die Plattform neu starten, ihr Protokoll sagt, warum.',
      },
      connection: {
        connected: '{client} ist von {address} verbunden.',
        other_worker:
          '{client} ist verbunden, spricht aber für den Worker {worker}: siehe --worker-id des Miners.',
        missing:
          'Keine Verbindung zum Broker spricht gerade für ihn. Läuft der Miner, mit Adresse und Port der Seite „Miner hinzufügen“?',
      },
      refusal: {
        none: 'Der Broker hat in letzter Zeit nichts von ihm abgewiesen.',
        refused: 'Der Broker hat ihn abgewiesen: {reason}.',
      },
      topic: {
        right: 'Er hat in letzter Zeit an kein falsches Topic gesendet.',
        wrong: 'Er hat an {topic} gesendet, wo niemand ihn sucht: Ein Miner meldet sich auf {expected} an.',
      },
      rights: {
        anyone: 'Er braucht keine Zugangsdaten.',
        credentials: 'Er hat Zugangsdaten: Der Miner muss sich mit Benutzername und Passwort verbinden.',
        strict:
          'Der Zugang ist streng, und dieser Worker hat keine Zugangsdaten: auf der Seite „Miner hinzufügen“ anlegen.',
      },
      limit: {
        room: 'Für ihn ist Platz.',
        reached: 'Die Plattform hat ihre Grenze von {limit} Workern erreicht: --max-workers erhöhen.',
      },
      register: {
        registered: 'Er ist angemeldet.',
        without:
          'Er wurde durch seinen Heartbeat aufgenommen, ohne register: GPUs und Adresse sind nicht bekannt.',
        missing: 'Er hat sich hier nie angemeldet.',
      },
      heartbeat: {
        fresh: 'Sein letzter Heartbeat ist {age} s alt.',
        old: 'Sein letzter Heartbeat ist {age} s alt: Nach 90 s gilt er als offline.',
        offline: 'Er hat sich verabschiedet, oder seine Verbindung brach ab: Er ist offline.',
        never: 'Von ihm war nichts zu hören.',
      },
      listens: {
        listens: 'Er hört, was die Plattform ihm sagt.',
        deaf: 'Seine Verbindung hat kein eigenes Topic abonniert: Befehle und Mietverträge erreichen ihn nicht.',
        unknown: 'Er ist nicht verbunden, also hört niemand Befehle.',
      },
    },
    browserKnows: 'Dieses Dashboard kennt ihn; ein Filter der Flotte verbirgt ihn vielleicht.',
    browserMisses: 'Der Live-Feed hat diesem Dashboard nichts von ihm gesagt.',
  },
  portCheck: {
    port: 'Port',
    own: 'Dort antwortet diese Plattform selbst ({use}).',
    use: { api: 'API und Dashboard', mqtt: 'Broker' },
    free: 'Auf Port {port} antwortet niemand: Die Plattform kann ihn nehmen.',
    forbidden:
      'Dieser Benutzer darf Port {port} nicht öffnen: Das braucht mehr Rechte. Einen über 1023 nehmen.',
    taken: 'Ein anderes Programm antwortet auf Port {port}: {who}.',
    takenUnknown:
      'Ein anderes Programm antwortet auf Port {port}; das System sagt nicht, welches. {command} sagt es.',
    process: '{name} (Prozess {pid})',
    suggestion: 'Der nächste freie Port ist {port}.',
  },
  feedCheck: {
    start: 'Feed 10 s lang testen',
    running: 'Hört zu: noch {seconds} s',
    opened: 'Verbunden nach {ms} ms, die erste Nachricht kam nach {first} ms.',
    frames: '{n} Nachrichten in {seconds} s.',
    closed: 'Er wurde mit Code {code} geschlossen{reason}.',
    neverOpened:
      'Er ließ sich nicht öffnen (Code {code}): Ein Proxy, eine Firewall oder die Adresse steht im Weg.',
    good: 'Der Feed geht von diesem Browser aus.',
    noFrames:
      'Verbunden, aber es kam nichts: Etwas dazwischen hält Nachrichten zurück, etwa ein Proxy, der puffert.',
  },
  databaseCheck: {
    path: 'Datenbank',
    writes: 'Sie nimmt Schreibvorgänge an: Eine Transaktion dauerte {ms} ms, {queue} warten.',
    fails: 'Sie nimmt gerade nichts an: {reason}.',
    holders: 'Wer sie geöffnet hat',
    self: 'diese Plattform',
    alone: 'Nur diese Plattform hat sie geöffnet.',
    others: 'Auch andere haben sie geöffnet: Was davon schreibt, kann sie sperren.',
    notTold: 'Dieses System sagt nicht, wer Dateien geöffnet hat. Unter macOS: {command}',
  },
  tokenCheck: {
    kept: 'Das Geheimnis liegt im Datenordner ({path}): Anmeldungen überdauern einen Neustart, solange dieser Ordner bleibt.',
    givenText:
      'Das Geheimnis ist angegeben ({source}): Anmeldungen überdauern einen Neustart, solange es gleich bleibt.',
    givenFile:
      'Das Geheimnis steht in {path}: Anmeldungen überdauern einen Neustart, solange diese Datei bleibt.',
  },
};
