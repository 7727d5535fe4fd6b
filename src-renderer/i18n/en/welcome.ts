/** Connecting the first miner, and more of them. */
export const welcome = {
  title: 'Connect a miner',
  subtitle: 'A miner is a worker here as soon as it connects to the broker. Nothing has to be set up before.',
  host: 'This platform, as the miner reaches it',
  workerId: 'Name of the worker',
  address: 'Address to mine for',
  addressError: 'must be 0x and 40 hex digits',
  loopback:
    'This address works on this machine only. For other machines put in its address on the network; the platform names it at its start.',
  noPassword: 'No password is needed. A connection speaks for one worker only.',
  strict:
    'This platform runs with strict access: the miner needs credentials, which the operator makes on the page of the worker.',
  command: { title: 'Start the miner with', miner: 'CUDA miner', test: 'Test by hand' },
  arrivals: {
    title: 'Arrivals',
    waiting: 'Waiting for a worker to register. It appears here within a second.',
    gpus: 'no GPUs | 1 GPU | {n} GPUs',
  },
  simulator: {
    title: 'No miner at hand?',
    text: 'Simulated miners connect over real MQTT, mine real proofs where the difficulty allows it, and can be rented. They end with the platform.',
    start: 'Simulate {n} miners',
    started: '{n} simulated miners connect now',
    signIn: 'Sign in as the operator',
  },
  phone: {
    title: 'On your phone',
    text: 'Scan to open this dashboard on the same network.',
    code: 'QR code of {url}',
  },
} as const;
