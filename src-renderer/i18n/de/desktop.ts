/** Einstellungen, die nur das Programm auf dem Rechner hat. */
import type { Catalogue } from '../en/index.ts';

export const desktop: Catalogue['desktop'] = {
  subtitle: 'Wie sich dieses Programm auf diesem Rechner verhält und wo die Plattform zu erreichen ist.',
  none: {
    title: 'Nur im Programm auf dem Rechner',
    text: 'Diese Einstellungen gehören zum Programm auf dem Rechner der Plattform. Die Einstellungen der Plattform selbst stehen unter System.',
  },
  network: {
    title: 'Netzwerk',
    apiPort: 'Port der Übersicht und der API',
    mqttPort: 'Port des MQTT-Brokers',
    mqttOpen: 'Miner im Netzwerk dürfen sich verbinden',
    mqttOpenHint: 'Aus: nur Miner auf diesem Rechner.',
    apiOpen: 'Übersicht und API im Netzwerk',
    apiOpenHint: 'Aus: nur dieser Rechner sieht sie.',
    warning:
      'Alle in Ihrem Netzwerk erreichen, was an ist. Anmeldung und Schlüssel schützen alles, was etwas ändert, aber die Verbindung ist nicht verschlüsselt: Leiten Sie diese Ports nie ins Internet weiter.',
    apply: 'Anwenden und Plattform neu starten',
    applyHint:
      'Miner verbinden sich von selbst wieder. Startet die Plattform so nicht, läuft sie weiter wie zuvor.',
    applied: 'Die Plattform läuft mit den neuen Einstellungen.',
  },
  data: {
    title: 'Datenordner',
    hint: 'Datenbank, Einstellungen, Schlüssel und Sicherungen. Beim Umziehen wird alles kopiert, geprüft und von dort gestartet; der alte Ordner bleibt.',
    move: 'Daten umziehen',
    moveTitle: 'Daten nach {folder} umziehen',
    moveText:
      'Die Plattform hält an, solange kopiert wird. Miner verbinden sich von selbst wieder; gelöscht wird nichts.',
  },
  program: {
    title: 'Verhalten',
    onClose: {
      label: 'Wenn das Fenster geschlossen wird',
      ask: 'Fragen',
      tray: 'Im Infobereich weiterlaufen',
      quit: 'Beenden',
    },
    startAtLogin: 'Bei der Anmeldung am Rechner starten',
    notifyBlocks: 'Blöcke melden',
    notifyLeases: 'Beginn und Ende von Mietverträgen melden',
    notifyAlerts: 'Alarme melden',
  },
  update: {
    title: 'Aktualisierung',
    version: 'Version {version}, Electron {electron}',
    idle: 'Noch nicht gesucht.',
    checking: 'Eine neuere Version wird gesucht',
    current: 'Das ist die neueste Version.',
    downloading: 'Version {version} wird geladen: {percent} %',
    ready: 'Version {version} ist bereit. Sie kommt beim Beenden des Programms zum Zug.',
    automatic: 'Von selbst nach Aktualisierungen suchen',
    check: 'Jetzt suchen',
    install: 'Mit der neuen Version neu starten',
  },
  find: { label: 'Auf der Seite suchen', previous: 'Zurück', next: 'Weiter', close: 'Schließen' },
  drop: {
    notABackup: '{name} ist keine Sicherung: Diese enden auf .db.',
    restored: 'Die Sicherung wurde eingespielt',
  },
};
