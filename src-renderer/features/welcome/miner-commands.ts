/** Command lines with which the miners that are known to work connect here. */

export interface MinerTarget {
  /** Name or address of this platform, as the miner's machine reaches it. */
  readonly host: string;
  /** Of the broker. */
  readonly port: number;
  readonly apiPort: number;
  readonly workerId: string;
  readonly address: string;
  /** Of the worker, where it has credentials for the broker. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

/** What stands for an address that was not given. */
export const exampleAddress = '0xYourAddress';

/** Text as one word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** An IPv6 address needs brackets beside a port. */
const authority = ({ host, port }: MinerTarget) => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The CUDA miner in its platform mode; it knows no user name and no password. */
export function minerCommand(target: MinerTarget): string {
  const address = target.address === '' ? exampleAddress : target.address;
  return [
    './xenblocksMiner',
    `--minerAddr ${quoted(address)}`,
    '--platform-mode',
    `--mqtt-broker ${quoted(`tcp://${authority(target)}`)}`,
    `--worker-id ${quoted(target.workerId)}`,
  ].join(' \\\n  ');
}

/** Simulated miners from another machine that has this program. */
export function simulatorCommand({ host, port, apiPort, address, workerId }: MinerTarget): string {
  return [
    'xenblocks simulate --workers 3',
    `--broker ${quoted(host)} --port ${port} --api-port ${apiPort}`,
    `--prefix ${quoted(workerId)}${address === '' ? '' : ` --owner ${quoted(address)}`}`,
  ].join(' \\\n  ');
}

/** One register and one heartbeat by hand, to see whether the way is free. */
export function testCommand({ host, port, workerId, address, credentials }: MinerTarget): string {
  const gpu = { index: 0, name: 'NVIDIA GeForce RTX 4090', memory_gb: 24, bus_id: 1 };
  const register = {
    worker_id: workerId,
    eth_address: address,
    gpu_count: 1,
    total_memory_gb: 24,
    gpus: [gpu],
    version: '2.0.0',
  };
  const heartbeat = { worker_id: workerId, hashrate: 1650.5, active_gpus: 1, difficulty: 1727 };
  const login = credentials ? ` -u ${quoted(credentials.username)} -P ${quoted(credentials.password)}` : '';
  const publish = (topic: string, message: object) =>
    `mosquitto_pub -h ${quoted(host)} -p ${port}${login} -q 1 -t ${quoted(`xenminer/${workerId}/${topic}`)} -m ${quoted(JSON.stringify(message))}`;
  return `${publish('register', register)}\n${publish('heartbeat', heartbeat)}`;
}
