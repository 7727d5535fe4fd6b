/** Den ersten Miner verbinden, und weitere. */
import type { Catalogue } from '../en/index.ts';

export const welcome: Catalogue['welcome'] = {
  title: 'Miner verbinden',
  subtitle: 'Wer sich mit dem Broker verbindet, ist sofort ein Worker. Vorher ist nichts einzurichten.',
  host: 'Diese Plattform, wie der Miner sie erreicht',
  hosts: 'Adressen dieses Rechners',
  hostKind: {
    request: 'wie hier aufgerufen',
    lan: 'Netz',
    virtual: 'virtuelles Netz',
    loopback: 'nur dieser Rechner',
  },
  workerId: 'Name des Workers',
  address: 'Adresse, für die geschürft wird',
  addressError: 'muss 0x und 40 Hexziffern sein',
  loopback:
    'Diese Adresse gilt nur auf diesem Rechner. Für andere Rechner seine Adresse im Netz eintragen; die Plattform nennt sie beim Start.',
  brokerLoopback:
    'Der Broker antwortet nur auf diesem Rechner: Kein anderer erreicht ihn. --mqtt-host 0.0.0.0 öffnet ihn für das Netz.',
  noPassword: 'Ein Passwort ist nicht nötig. Eine Verbindung spricht nur für einen Worker.',
  strict:
    'Der Broker verlangt hier Benutzername und Passwort: Sie stehen im Befehl, sobald Zugangsdaten angelegt sind.',
  noLogin: {
    miner:
      'Der CUDA-Miner kennt weder Benutzername noch Passwort; der Broker lässt ihn deshalb nicht ein, wo ein Worker Zugangsdaten hat, und nicht unter --access strict. Er läuft unter --access standard ohne Zugangsdaten, in einem vertrauten Netz.',
    simulator:
      'Simulierte Miner der Befehlszeile kommen ohne Benutzername und Passwort; unter --access strict lässt der Broker sie nicht ein. Die Simulation unten läuft auch dort.',
  },
  command: {
    title: 'Den Miner starten mit',
    miner: 'CUDA-Miner',
    simulator: 'Simulator',
    test: 'Von Hand testen',
  },
  credentials: {
    make: 'Zugangsdaten für {name} anlegen',
    text: 'Dann spricht niemand ohne Passwort für diesen Worker.',
    once: 'Das Passwort wird nur dieses eine Mal gezeigt: jetzt den Befehl kopieren. Später kann es niemand lesen.',
    replaceTitle: 'Zugangsdaten von {name} ersetzen',
    replaceText:
      'Er hat schon Zugangsdaten. Sie enden sofort, ebenso seine Verbindungen: Der Miner braucht danach die neuen.',
    replace: 'Zugangsdaten ersetzen',
  },
  arrivals: {
    title: 'Ankünfte',
    help: 'Deiner erscheint nicht?',
    waiting: 'Wartet auf die Anmeldung eines Workers. Er erscheint hier binnen einer Sekunde.',
    gpus: 'keine GPU | 1 GPU | {n} GPUs',
  },
  waiting: {
    title: 'Verbunden, aber noch kein Worker',
    text: 'Diese erreichen den Broker, haben aber kein gültiges register geschickt. Ein Miner sendet es an xenminer/NAME/register.',
  },
  refused: {
    title: 'Abgewiesen',
    none: 'Der Broker hat seit seinem Start niemanden abgewiesen.',
    times: '{n} Mal | {n} Mal',
    signIn: 'Wer als Betreiber angemeldet ist, sieht hier auch, wer abgewiesen wird und warum.',
    kind: {
      publish_not_allowed: 'Nachricht nicht erlaubt',
      subscribe_not_allowed: 'Abonnement nicht erlaubt',
      will_not_allowed: 'Letzter Wille nicht erlaubt',
      bad_credentials: 'Verbindung ohne gültige Zugangsdaten',
      client_id_not_allowed: 'Client-Id nicht erlaubt',
      malformed_message: 'Unlesbare Nachricht',
      register_refused: 'Anmeldung (register) abgelehnt',
      worker_id_mismatch: 'Nachricht für einen anderen Worker',
      packet_too_large: 'Paket zu groß',
      too_many_connections: 'Zu viele Verbindungen',
      queue_full: 'Client, der nicht liest',
      retain_not_kept: 'Nachricht nicht aufbewahrt (retained)',
      protocol_error: 'Kein gültiges MQTT',
      throttled: 'Zu viele Nachrichten',
      not_stored: 'Nachricht nicht gespeichert',
    },
    hint: {
      publish_not_allowed:
        'Ein Miner sendet an xenminer/NAME/register, heartbeat, status und block, und nur unter einem Namen.',
      subscribe_not_allowed: 'Ein Miner hört nur auf xenminer/NAME/task und xenminer/NAME/control.',
      will_not_allowed: 'Ein letzter Wille muss ein Status sein: xenminer/NAME/status.',
      bad_credentials:
        'Benutzername (der Name des Workers) und Passwort prüfen, oder neue anlegen. Bei strengem Zugang kommt niemand ohne herein.',
      client_id_not_allowed:
        'Eine andere Verbindung mit Zugangsdaten hat diese Client-Id: dem Miner eine andere geben.',
      malformed_message: 'Vielleicht passt die Version des Miners nicht: Der Grund nennt das Feld.',
      register_refused: 'Der Miner versucht es von selbst wieder, sobald der Grund entfällt.',
      worker_id_mismatch: 'worker_id in der Nachricht muss der Name im Topic sein.',
      packet_too_large: '--mqtt-max-packet-bytes erlaubt größere.',
      too_many_connections: '--mqtt-max-connections erlaubt mehr.',
      queue_full: 'Er soll mehr bekommen, als er liest: Sein Netz ist langsam, oder das Programm hängt.',
      retain_not_kept: 'Die Nachricht kam an; nur ihre Kopie für spätere Abonnenten wurde nicht aufbewahrt.',
      protocol_error: 'Vielleicht hat ein anderes Programm diesen Port gewählt: Ist es MQTT 3.1.1 ohne TLS?',
      throttled: '--mqtt-max-messages-per-sec erlaubt mehr; der Absender muss solange warten.',
      not_stored: 'Die Platte hat sie nicht angenommen: siehe Zustand. Der Miner sendet sie noch einmal.',
    },
  },
  announcement: {
    title: 'Im lokalen Netz',
    on: 'Programme, die nach Diensten suchen (mDNS), finden diese Plattform unter ihrem Namen:',
    off: 'Es wird nichts angekündigt: Die Plattform läuft mit --announce off.',
    loopback: 'Es wird nichts angekündigt: Die Plattform antwortet nur auf diesem Rechner.',
    waiting: 'Die Plattform sucht einen Namen, den niemand sonst hat.',
    failed: 'Sie ließ sich nicht ankündigen: {problem}. Über die Adresse verbinden sich Miner trotzdem.',
  },
  simulator: {
    title: 'Kein Miner zur Hand?',
    text: 'Simulierte Miner verbinden sich über echtes MQTT, schürfen echte Beweise, wo die Schwierigkeit es zulässt, und lassen sich mieten. Sie enden mit der Plattform.',
    start: '{n} Miner simulieren',
    started: '{n} simulierte Miner verbinden sich',
    signIn: 'Als Betreiber anmelden',
  },
  phone: {
    title: 'Auf dem Telefon',
    text: 'Scannen, um dieses Dashboard im selben Netz zu öffnen.',
    code: 'QR-Code von {url}',
    loopback: 'Diese Adresse gilt nur auf diesem Rechner.',
  },
};
