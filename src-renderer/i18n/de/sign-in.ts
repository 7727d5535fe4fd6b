/** Anmelden. */
import type { Catalogue } from '../en/index.ts';

export const signIn: Catalogue['signIn'] = {
  title: 'Anmelden',
  subtitle: 'Zum Mieten, Vermieten und für alles, was Ihnen gehört.',
  refused:
    'Die Wallet hat die Unterschrift abgelehnt. Es ist nichts geschehen; Sie können es jederzeit noch einmal versuchen.',
  wrongKey: 'Dieser Schlüssel gilt hier nicht: vertippt, abgelaufen oder widerrufen.',
  session:
    'Sie bleiben in diesem Browser 24 Stunden angemeldet. Der Schlüssel selbst wird nicht gespeichert.',
  wallet: {
    title: 'Mit einer Wallet',
    text: 'Die Wallet unterschreibt eine Nachricht, die die Adresse beweist. Das kostet nichts und bewegt nichts.',
    use: 'Mit {name} anmelden',
    noneTitle: 'Keine Wallet in diesem Browser',
    noneText:
      'Installieren Sie eine Browser-Wallet wie MetaMask oder Rabby und laden Sie die Seite neu, oder öffnen Sie sie im Browser Ihrer Wallet-App.',
  },
  key: {
    title: 'Mit einem API-Schlüssel',
    text: 'Der Schlüssel, der beim Eröffnen des Kontos gezeigt wurde.',
    label: 'API-Schlüssel',
    operator: 'Betreiber: Ihr Schlüssel steht in der Datei „admin-key“ im Datenordner der Plattform.',
  },
};
