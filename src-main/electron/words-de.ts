/** Every text that the program itself shows, in German. */
import type { Words } from './words.ts';

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const de: Words = {
  menu: {
    file: '&Datei',
    restoreBackup: 'Sicherung einspielen…',
    showDataFolder: 'Datenordner zeigen',
    openInBrowser: 'Im Browser öffnen',
    settings: 'Einstellungen…',
    close: 'Fenster schließen',
    quit: 'Beenden',
    edit: '&Bearbeiten',
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    cut: 'Ausschneiden',
    copy: 'Kopieren',
    paste: 'Einfügen',
    selectAll: 'Alles auswählen',
    find: 'Suchen…',
    view: '&Ansicht',
    reload: 'Neu laden',
    actualSize: 'Originalgröße',
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    fullScreen: 'Vollbild',
    developerTools: 'Entwicklerwerkzeuge',
    go: '&Gehe zu',
    overview: 'Übersicht',
    fleet: 'Flotte',
    blocks: 'Blöcke',
    market: 'Markt',
    leases: 'Mietverträge',
    chain: 'Kette',
    system: 'System',
    window: '&Fenster',
    minimize: 'Minimieren',
    maximize: 'Zoomen',
    toFront: 'Alle nach vorne bringen',
    help: '&Hilfe',
    saveDiagnostics: 'Diagnose speichern…',
    showLog: 'Protokoll zeigen',
    about: 'Über XenBlocks',
    services: 'Dienste',
    hide: 'XenBlocks ausblenden',
    hideOthers: 'Andere ausblenden',
    showAll: 'Alle einblenden',
  },
  tray: {
    notRunning: 'Die Plattform läuft nicht',
    noWorkers: 'Noch keine Worker',
    online: (online, workers) => `${online} von ${counted(workers, 'Worker', 'Workern')} online`,
    leases: (count) => counted(count, 'laufender Mietvertrag', 'laufende Mietverträge'),
    offline: (count) => `${counted(count, 'Worker', 'Worker')} offline`,
    alerts: (count) => counted(count, 'Alarm', 'Alarme'),
    open: 'XenBlocks öffnen',
    pauseAll: 'Alle Worker anhalten',
    resumeAll: 'Alle Worker fortsetzen',
    startSimulator: 'Simulator starten',
    stopSimulator: 'Simulator anhalten',
    copyLanAddress: 'LAN-Adresse kopieren',
    quit: 'Beenden',
  },
  actions: {
    notPaused: 'Die Worker wurden nicht angehalten',
    notResumed: 'Die Worker wurden nicht fortgesetzt',
    noSimulator: 'Der Simulator hat nicht gehorcht',
  },
  notices: {
    superblock: 'Superblock gefunden',
    block: 'Block gefunden',
    leaseStarted: 'Mietvertrag begonnen',
    leaseFor: (worker, minutes) => `${worker} für ${minutes} min`,
    leaseCancelled: 'Mietvertrag abgebrochen',
    leaseEnded: 'Mietvertrag beendet',
    alerts: {
      worker_offline: (count, worker) =>
        count === 1 ? `Worker ${worker} ist offline` : `${count} Worker sind offline`,
      hashrate_drop: (count, worker) =>
        count === 1 ? `Hashrate von ${worker} ist gefallen` : `Hashrate von ${count} Workern ist gefallen`,
      gpu_lost: (count, worker) =>
        count === 1 ? `${worker} hat eine GPU verloren` : `${count} Worker haben GPUs verloren`,
      worker_error: (count, worker) =>
        count === 1 ? `Worker ${worker} meldet einen Fehler` : `${count} Worker melden Fehler`,
      lease_no_blocks: (count, worker) =>
        count === 1
          ? `Mietvertrag von ${worker} ohne Blöcke`
          : `Mietverträge von ${count} Workern ohne Blöcke`,
      honesty: (count, worker) =>
        count === 1 ? `${worker} behauptet mehr als bewiesen` : `${count} Worker behaupten mehr als bewiesen`,
      disk_low: () => 'Die Festplatte ist fast voll',
      backup: () => 'Eine Sicherung ist fehlgeschlagen oder überfällig',
      broker_limit: () => 'Der MQTT-Broker ist an seiner Grenze',
      certificate: () => 'Ein Zertifikat läuft bald ab',
      ledger: () => 'Das Hauptbuch stimmt nicht',
    },
    alertOver: 'Vorbei',
    many: {
      block: (count) => `${count} weitere Blöcke`,
      lease: (count) => `${count} weitere Änderungen an Mietverträgen`,
      alert: (count) => `${count} weitere Alarme`,
    },
  },
  close: {
    question: 'Soll die Plattform weiterlaufen?',
    detail:
      'Ohne das Fenster läuft sie im Infobereich weiter: Miner bleiben verbunden, Mietverträge laufen. In den Einstellungen lässt sich das später ändern.',
    keep: 'Weiterlaufen',
    quit: 'Beenden',
    cancel: 'Abbrechen',
  },
  secondStart: {
    question: 'Plattform mit anderen Angaben neu starten?',
    detail: (flags) =>
      `XenBlocks läuft bereits und wurde noch einmal gestartet, mit ${flags}. Die Plattform kann damit neu starten; die übrigen Angaben des ersten Starts bleiben. Miner verbinden sich von selbst wieder.`,
    restart: 'Damit neu starten',
    leave: 'So lassen',
    wrong: 'XenBlocks wurde noch einmal mit falschen Angaben gestartet',
    failed: 'Die Plattform ist mit den anderen Angaben nicht gestartet',
    failedDetail: (reason) => `${reason} Sie läuft wie zuvor.`,
  },
  restore: {
    title: 'Sicherung einspielen',
    backups: 'Sicherungen',
    question: 'Diese Datei einspielen?',
    detail: (path) =>
      `${path} tritt an die Stelle der Datenbank. Die Datei wird vorher geprüft, die jetzige Datenbank bleibt als Sicherung erhalten. Miner verbinden sich von selbst wieder.`,
    restore: 'Einspielen',
    cancel: 'Abbrechen',
    noFile: (path) => `${path} ist keine Datei.`,
    refused: 'Nichts wurde eingespielt',
    failed: (reason) => `Nichts wurde eingespielt: ${reason}`,
    done: (source) => `${source} wurde eingespielt.`,
    kept: (name, folder) => ` Die Datenbank von vorher liegt als ${name} in ${folder}.`,
  },
  data: {
    choose: 'Ordner für die Daten',
    folderGiven:
      'Der Ordner wurde beim Start des Programms genannt (--data-dir). Zum Umziehen der Daten ohne diese Angabe starten.',
    same: 'Die Daten liegen schon in diesem Ordner.',
    inside: 'Ein Ordner innerhalb des jetzigen kann die Daten nicht aufnehmen.',
    noFolder: (folder) => `${folder} ist kein Ordner.`,
    notEmpty: (folder) => `${folder} ist nicht leer. Wählen Sie einen leeren oder einen neuen Ordner.`,
    moved: (to, from) =>
      `Die Daten liegen jetzt in ${to}. ${from} blieb, wie es war: Löschen Sie den Ordner, wann Sie möchten.`,
    notMoved: (reason, from) => `Die Daten sind nicht umgezogen: ${reason}. Sie sind, wo sie waren: ${from}.`,
    notStarted: (to, reason, from) =>
      `Die Plattform ist aus ${to} nicht gestartet: ${reason} Sie läuft wie zuvor aus ${from}.`,
  },
  updates: {
    fromSources: 'Dieses Programm läuft aus seinen Quellen: mit git auf den neuen Stand bringen.',
    unpacked:
      'Dieses Programm läuft aus einem entpackten Ordner: die neue Version an seiner Stelle entpacken.',
    noPlace: 'Dieses Programm kennt keinen Ort, an dem es nach neueren Versionen suchen könnte.',
  },
  about: { name: 'XenBlocks Leitstand', licence: 'MIT-Lizenz' },
  start: {
    starting: 'Die Plattform wird gestartet',
    titles: {
      port_taken: 'Ein Port ist belegt',
      database: 'Die Datenbank lässt sich nicht verwenden',
      settings: 'Die Einstellungen stimmen nicht',
      renderer: 'Die Übersicht ist stehen geblieben',
      other: 'Die Plattform ist nicht gestartet',
    },
    apiPortTaken: (port) => `Port ${port}, den Übersicht und API brauchen, belegt ein anderes Programm.`,
    mqttPortTaken: (port) =>
      `Port ${port}, an dem sich Miner verbinden sollen (MQTT), belegt ein anderes Programm.`,
    pageEnded: (reason) =>
      `Die Seite der Übersicht hat sich mehrmals von selbst beendet (${reason}). Die Plattform läuft weiter; die Übersicht lässt sich solange im Browser öffnen.`,
    noBackupFolder:
      'Die Einstellungen lassen sich nicht lesen; deshalb ist nicht bekannt, wo die Sicherungen liegen.',
    usePort: (port) => `Port ${port} nehmen`,
    openExisting: 'Öffnen, was dort läuft',
    openInBrowser: 'Im Browser öffnen',
    retry: 'Noch einmal versuchen',
    reopen: 'Übersicht wieder öffnen',
    showLog: 'Protokoll zeigen',
    showDataFolder: 'Datenordner zeigen',
    quit: 'Beenden',
    backups: 'Sicherungen',
    backupsHint:
      'Eine Sicherung wird geprüft, bevor sie an die Stelle der Datenbank tritt; diese bleibt erhalten.',
    restore: 'Einspielen',
    log: 'Protokoll',
  },
};
