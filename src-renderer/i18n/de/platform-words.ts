/** Was die Plattform selbst auf Englisch sagt. */
import type { PlatformWords } from '../platform-words.ts';

export const words: PlatformWords = {
  settings: {
    apiHost: 'Adresse, auf der REST-API, Feed und Dashboard antworten',
    apiPort: 'Port von REST-API, Feed und Dashboard (0: irgendein freier)',
    mqttHost: 'Adresse, auf der der MQTT-Broker antwortet',
    mqttPort: 'Port des MQTT-Brokers (0: irgendein freier)',
    announce:
      'Im lokalen Netz (mDNS) sagen, wo Dashboard und Broker sind; nie, was nur auf diesem Rechner antwortet',
    trustProxy:
      'X-Forwarded-* dieser Reverse-Proxys glauben: loopback, Adressen, Subnetze oder eine Anzahl von Stationen',
    allowedOrigin: 'Fremde Web-Herkunft, die API und Feed aus einem Browser aufrufen darf (mehrere möglich)',
    dataDir: 'Ordner der Datenbank, der Einstellungsdatei und der erzeugten Geheimnisse',
    dbPath: 'Datei der SQLite-Datenbank (sonst marketplace.db im Datenordner)',
    ledgerCheckSchedule:
      'Wann die Plattform ihr Kontobuch prüft: Minute, Stunde, Tag, Monat, Wochentag in der Zeitzone der Maschine, @daily, @weekly oder off',
    backupDir: 'Ordner der Sicherungen; besser auf einer anderen Platte (sonst backups im Datenordner)',
    backupSchedule:
      'Wann gesichert wird: Minute, Stunde, Tag, Monat, Wochentag in der Zeitzone der Maschine, @daily, @weekly oder off',
    backupKeepDaily: 'Geplante Sicherungen, die bleiben: die neueste jedes von so vielen Tagen',
    backupKeepWeekly: 'Geplante Sicherungen, die daneben bleiben: die neueste jeder von so vielen Wochen',
    access: 'Wer was darf: open (nur für ein vertrautes Netz), standard oder strict (nichts ohne Anmeldung)',
    jwtSecret: 'Geheimnis, mit dem Anmeldungen unterschrieben werden',
    jwtSecretFile: 'Datei mit dem Geheimnis, mit dem Anmeldungen unterschrieben werden',
    adminKey: 'Schlüssel des Betreibers, an Stelle dessen, den der erste Start erzeugt',
    adminKeyFile: 'Datei mit dem Schlüssel des Betreibers',
    signInMaxPerMin: 'Anmeldungen einer Adresse in einer Minute; eine mehr wird mit 429 beantwortet',
    verify: 'Blöcke brauchen einen Beweis, der hier nachgerechnet wird (pow), oder werden geglaubt (off)',
    difficulty:
      'Geringster Speicher eines Beweises in KiB, und feste Schwierigkeit des Kettensimulators: für Miner des Netzes die des Netzes (sonst die des Simulators; ohne ihn 100, die niedrigste des Netzes)',
    xuniWindow:
      'Xuni-Blöcke nur von Minute 55 bis 5 einer Stunde annehmen (sonst: bei Beweisen an, beim Kettensimulator aus)',
    blockMarker: 'Zeichen, die einen Hash zum Block machen, für Tests (sonst XEN11)',
    noChain: 'Ohne den eingebauten Kettensimulator laufen',
    simulate: 'Simulierte Worker, die mit der Plattform starten und für niemanden minen (0: keine)',
    mqttMaxConnections: 'MQTT-Verbindungen zur gleichen Zeit; eine mehr wird sofort geschlossen',
    mqttMaxPacketBytes: 'Größtes MQTT-Paket; ein größeres beendet seine Verbindung',
    mqttMaxTopicLevels: 'Tiefstes MQTT-Topic; ein tieferes beendet seine Verbindung',
    mqttConnectTimeoutSec: 'Zeit, in der eine Verbindung ihr CONNECT schicken muss',
    mqttMaxQueueBytes: 'Ungesendete Bytes für einen MQTT-Client; darüber wird er getrennt',
    mqttMaxMessagesPerSec: 'Nachrichten eines MQTT-Clients in der Sekunde; darüber muss er warten',
    mqttMaxRetained: 'Topics mit behaltener Nachricht; darüber werden neue nicht behalten',
    maxWorkers: 'Angemeldete Worker; darüber wird ein neuer abgewiesen',
    wsMaxClients: 'Clients des Live-Feeds; einer mehr wird mit 1013 geschlossen',
    wsMaxQueueBytes: 'Ungesendete Bytes für einen Client des Feeds; darüber wird er getrennt',
    httpMaxBodyBytes: 'Größter Inhalt einer Anfrage; ein größerer wird mit 413 beantwortet',
    logLevel: 'Stufe des Logs, und Stufen einzelner Teile: info,broker=debug',
    logFormat: 'Zeilen für Menschen, oder ein JSON-Objekt je Zeile',
    headless: 'Ohne Fenster laufen, als Server',
  },
  ledgerFindings: {
    entry_missing: 'Eine Nummer des Kontobuchs fehlt.',
    entry_changed:
      'Ein Eintrag oder eine seiner Buchungen ist nicht, was geschrieben wurde: der Hash ist ein anderer.',
    chain_broken: 'Ein Eintrag folgt nicht auf den davor.',
    entry_unbalanced: 'Die Buchungen eines Eintrags ergeben zusammen nicht null.',
    entry_empty: 'Ein Eintrag hat keine Buchungen.',
    entry_without_lease: 'Eine Hinterlegung oder Abrechnung nennt keinen Mietvertrag, den es gibt.',
    posting_without_entry: 'Eine Buchung gehört zu keinem Eintrag.',
    amount_malformed: 'Ein gespeicherter Betrag ist keine ganze Zahl.',
    balance_after_wrong: 'Eine Buchung führt nicht vom Stand davor zum Stand danach.',
    balance_wrong: 'Das freie Geld eines Kontos ist nicht die Summe seiner Buchungen.',
    held_wrong: 'Das hinterlegte Geld eines Kontos ist nicht die Summe seiner Buchungen.',
    balance_negative: 'Ein Konto hat weniger als nichts.',
    account_missing: 'Buchungen nennen ein Konto, das es nicht gibt.',
    total_wrong:
      'Guthaben und Hinterlegtes sind zusammen nicht, was eingezahlt, weniger was ausgezahlt wurde.',
    held_unexplained: 'Das hinterlegte Geld eines Kontos ist nicht die Summe seiner aktiven Mietverträge.',
    hold_wrong: 'Die Hinterlegung eines Mietvertrags fehlt, ist doppelt oder nicht sein Preis.',
    lease_doubled: 'Ein Worker hat zwei aktive Mietverträge.',
    settlement_missing: 'Ein beendeter Mietvertrag ist nicht abgerechnet.',
    settlement_unexpected: 'Ein Mietvertrag, der läuft oder den es nicht gibt, ist abgerechnet.',
    settlement_wrong:
      'Eine Abrechnung folgt nicht aus ihrem Mietvertrag oder ist nicht, was das Kontobuch sagt.',
    audit_missing: 'Eine Nummer des Prüfprotokolls fehlt.',
    audit_changed:
      'Ein Eintrag des Prüfprotokolls ist nicht, was geschrieben wurde: der Hash ist ein anderer.',
    audit_chain_broken: 'Ein Eintrag des Prüfprotokolls folgt nicht auf den davor.',
  },
  importFindings: {
    newer_schema: 'Das Schema ist neuer als das letzte hier bekannte; was bekannt ist, wurde übernommen.',
    unknown_table: 'Die Tabelle ist hier nicht bekannt. Ihre Zeilen sind in der Kopie.',
    unknown_column: 'Die Spalte ist hier nicht bekannt. Ihre Werte sind in der Kopie.',
    account_renamed:
      'Der Name ist hier vorbehalten oder vergeben: das Konto hat einen anderen. Sein Schlüssel gilt weiter.',
    account_recreated: 'Andere Zeilen nennen ein Konto, das es nicht gab: es wurde leer eröffnet.',
    account_role: 'Die Rolle ist nicht bekannt: das Konto ist das eines Mieters.',
    address_invalid: 'Das ist keine Adresse (0x und 40 Hexziffern): weggelassen, bei den Resten aufbewahrt.',
    address_opened:
      'Worker haben diese Adresse, aber kein Konto hatte sie: eines wurde eröffnet, wie bei ihrer nächsten Anmeldung.',
    address_shared:
      'Mehrere Konten haben diese Adresse. Die Wallet meldet sich beim zuerst genannten an und darf auch die anderen benutzen.',
    address_declared:
      'Jemand besitzt einen Schlüssel dieses Kontos: seine Adresse meldet sich bei einem eigenen Konto an, das dieses mitbenutzen darf.',
    address_ambiguous:
      'Die frühere Plattform benannte Wallets nach einem Teil ihrer Adresse, und dieses Konto passt zu zweien: sein Geld ist bei der Adresse, die es nennt.',
    key_dropped:
      'Das Konto der Gebühren gehört hier dem Betreiber; sein Schlüssel ist beendet. Sein Geld ist da.',
    key_doubled: 'Zwei Konten hatten den gleichen Schlüssel: er öffnet das erste, wie vorher.',
    balance_unusable: 'Das Guthaben ist kein Betrag, den ein Konto haben kann: siehe, was es jetzt ist.',
    balance_unexplained:
      'Die Bewegungen ergeben nicht das Guthaben: eine Eröffnungsbuchung erklärt den Unterschied.',
    transaction_unusable: 'Sie bewegt keinen buchbaren Betrag: bei den Resten aufbewahrt.',
    transaction_alone:
      'Ein Teil der Zahlung eines Mietvertrags, oder eine Seite einer Überweisung, hat kein Gegenstück: gegen außen gebucht.',
    settlement_recovered:
      'Der Mietvertrag war bezahlt, aber nicht abgerechnet: die Abrechnung entstand aus den Bewegungen.',
    settlement_without_transactions:
      'Nicht alle Zahlungen waren vermerkt: gebucht ist, was sie sagt, und Eröffnungsbuchungen erklären die Guthaben.',
    settlement_changed: 'Ihre Beträge ergeben nicht ihre Kosten: siehe, was sie jetzt sind.',
    settlement_doubled: 'Der Mietvertrag ist schon abgerechnet: bei den Resten aufbewahrt.',
    lease_unsettled: 'Er endete ohne Abrechnung. Für ihn wurde nichts bezahlt.',
    lease_recreated:
      'Eine Abrechnung nennt einen Mietvertrag, den es nicht gab: er entstand aus dem, was sie sagt.',
    lease_active: 'Er lief und läuft weiter; sein Preis ist hinterlegt, soweit der Mieter das Geld hat.',
    lease_expired:
      'Er lief und seine Zeit ist um: beim nächsten Start endet er und wird abgerechnet, bis zum letzten Lebenszeichen seines Workers.',
    lease_doubled:
      'Der Worker hatte einen neueren laufenden Mietvertrag, oder ein anderer hatte sein Präfix: dieser wurde abgebrochen, nichts wurde bezahlt.',
    lease_changed: 'Er widerspricht sich oder den Grenzen: siehe, was er jetzt ist.',
    worker_recreated:
      'Andere Zeilen nennen einen Worker, den es nicht gab: er wurde mit dem aufgenommen, was bekannt ist, seinem Namen.',
    worker_changed: 'Werte sind hier nicht möglich: siehe, was sie jetzt sind.',
    block_doubled: 'Sein Schlüssel zählt schon: er bleibt als abgelehnt.',
    block_repeated:
      'Die gleiche Meldung zum gleichen Worker und Mietvertrag ist schon zweimal da: bei den Resten aufbewahrt.',
    block_unknown_lease: 'Er nennt einen Mietvertrag, den es nicht gab: er bleibt als abgelehnt.',
    block_wrong_prefix:
      'Sein Schlüssel beginnt nicht mit dem Präfix seines Mietvertrags: er bleibt als abgelehnt.',
    block_unconfirmed: 'Die Kette hat ihn nicht bestätigt, und er zählte nicht: er bleibt als unbewiesen.',
    block_count_carried:
      'Die frühere Plattform zählte andere Zahlen von Blöcken, als es Zeilen gibt: die Zahlen gehen von ihren aus weiter.',
    columns_shuffled:
      'Eine Aktualisierung der früheren Plattform hat Spalten der Zeile vertauscht: sie sind wieder geordnet.',
    time_unusable: 'Die Zeit ist keine Zeit oder liegt in der Zukunft: siehe, was sie jetzt ist.',
    number_unusable: 'Der Wert ist keine passende Zahl: siehe, was er jetzt ist.',
    row_unusable: 'Die Zeile nennt nichts, was übernommen werden kann: bei den Resten aufbewahrt.',
    snapshot_old: 'Älter, als Diagramme zeigen: nur in der Kopie.',
    snapshot_doubled:
      'Eine Stunde oder Runde hatte mehrere Zeilen der gleichen Adresse oder des gleichen Workers: sie sind jetzt eine.',
  },
  scenarios: {
    steady:
      'eine Farm an einem guten Tag: ab und zu fällt ein Gerät aus, verliert eine Karte oder wird zu heiß',
    flaky: 'schlechte Leitungen und heiße Räume: jedes Gerät hat alle paar Minuten Ärger',
    flood: 'zehnmal so viele Herzschläge und Blöcke wie verlangt',
    'power-cut':
      'nach 30 s und dann alle 150 s sind alle Geräte 20 s lang dunkel und kommen auf einmal zurück',
  },
  retentions: {
    'for ever': 'für immer',
    '24 h': '24 h',
    '49 h': '49 h',
    '30 days': '30 Tage',
    'hourly 7 days, daily 90 days': 'stündlich 7 Tage, täglich 90 Tage',
    '90 days; within a lease for ever': '90 Tage; innerhalb eines Mietvertrags für immer',
    '8 days; of each worker the last for ever': '8 Tage; von jedem Worker der letzte für immer',
    'until the session would be over, 24 h at most': 'bis die Sitzung vorbei wäre, höchstens 24 h',
    'a row a worker': 'eine Zeile je Worker',
    'a row an address': 'eine Zeile je Adresse',
    'for ever; of those that do not count the newest 100,000':
      'für immer; von denen, die nicht zählen, die neuesten 100.000',
  },
};
