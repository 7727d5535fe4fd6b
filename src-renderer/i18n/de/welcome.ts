/** Den ersten Miner verbinden, und weitere. */
import type { Catalogue } from '../en/index.ts';

export const welcome: Catalogue['welcome'] = {
  title: 'Miner verbinden',
  subtitle: 'Wer sich mit dem Broker verbindet, ist sofort ein Worker. Vorher ist nichts einzurichten.',
  host: 'Diese Plattform, wie der Miner sie erreicht',
  workerId: 'Name des Workers',
  address: 'Adresse, für die geschürft wird',
  addressError: 'muss 0x und 40 Hexziffern sein',
  loopback:
    'Diese Adresse gilt nur auf diesem Rechner. Für andere Rechner seine Adresse im Netz eintragen; die Plattform nennt sie beim Start.',
  noPassword: 'Ein Passwort ist nicht nötig. Eine Verbindung spricht nur für einen Worker.',
  strict:
    'Diese Plattform läuft mit strengem Zugang: Der Miner braucht Zugangsdaten, die der Betreiber auf der Seite des Workers anlegt.',
  command: { title: 'Den Miner starten mit', miner: 'CUDA-Miner', test: 'Von Hand testen' },
  arrivals: {
    title: 'Ankünfte',
    waiting: 'Wartet auf die Anmeldung eines Workers. Er erscheint hier binnen einer Sekunde.',
    gpus: 'keine GPU | 1 GPU | {n} GPUs',
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
  },
};
