/** What the operator sees first: what runs where. */
import type { Config } from '../contract/config.ts';
import { ownAddresses } from '../platform/kernel/own-addresses.ts';
import type { PlatformAddresses } from '../platform/platform.ts';
import { version } from '../platform/version.ts';

function lanAddresses(): string[] {
  return ownAddresses()
    .filter(({ kind, family }) => kind !== 'loopback' && family === 'IPv4')
    .map(({ address }) => address);
}

/** Hosts under which a listener is reached, the local one first. */
function reachableHosts(host: string): string[] {
  if (host === '0.0.0.0' || host === '::') return ['localhost', ...lanAddresses()];
  return [host.includes(':') ? `[${host}]` : host];
}

/**
 * A short text for people.
 *
 * @param isTerminal whether a person reads it as it comes: what goes to a file or a journal never shows a key
 */
export function bannerText(config: Config, addresses: PlatformAddresses, isTerminal: boolean): string {
  const { apiHost, apiPort, mqttHost, mqttPort, databasePath, generatedAdminKey, adminKeyFile } = addresses;
  const [local = 'localhost', ...lan] = reachableHosts(apiHost);
  const rows: [string, string][] = [
    [
      'MQTT broker',
      reachableHosts(mqttHost)
        .map((host) => `mqtt://${host}:${mqttPort}`)
        .join('  '),
    ],
    ['REST API', `http://${local}:${apiPort}/api/docs`],
    ['Dashboard', `http://${local}:${apiPort}/dashboard`],
    ...lan.map((host): [string, string] => ['  on the LAN', `http://${host}:${apiPort}/dashboard`]),
    ['Database', databasePath],
    [
      'Access',
      config.access === 'open' ? 'open: anyone who reaches this machine may do anything' : config.access,
    ],
    ...adminKeyRows(generatedAdminKey, adminKeyFile, isTerminal),
  ];
  return `\nXenBlocks control center ${version}\n${rows.map(([name, value]) => `  ${name.padEnd(13)}${value}`).join('\n')}\n\n`;
}

function adminKeyRows(key: string | undefined, file: string, isTerminal: boolean): [string, string][] {
  if (key === undefined) return [];
  if (!isTerminal) return [['Admin key', `in ${file}, which only its owner can read`]];
  return [
    ['Admin key', key],
    ['', `shown only now; also in ${file}, which only you can read`],
  ];
}

/** One JSON record for programs that start the platform. */
export function readyRecord(addresses: PlatformAddresses): string {
  const { apiHost, apiPort, mqttHost, mqttPort, databasePath, adminKeyFile } = addresses;
  return `${JSON.stringify({
    level: 30,
    time: Date.now(),
    module: 'server',
    msg: 'ready',
    event: 'ready',
    version,
    api_host: apiHost,
    api_port: apiPort,
    mqtt_host: mqttHost,
    mqtt_port: mqttPort,
    database: databasePath,
    admin_key_file: adminKeyFile,
    pid: process.pid,
  })}\n`;
}
