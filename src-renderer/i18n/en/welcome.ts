/** Connecting the first miner, and more of them. */
export const welcome = {
  title: 'Connect a miner',
  subtitle: 'A miner is a worker here as soon as it connects to the broker. Nothing has to be set up before.',
  host: 'This platform, as the miner reaches it',
  hosts: 'Addresses of this machine',
  hostKind: {
    request: 'as you came here',
    lan: 'network',
    virtual: 'virtual network',
    loopback: 'this machine only',
  },
  workerId: 'Name of the worker',
  address: 'Address to mine for',
  addressError: 'must be 0x and 40 hex digits',
  loopback:
    'This address works on this machine only. For other machines put in its address on the network; the platform names it at its start.',
  brokerLoopback:
    'The broker listens on this machine only: no other machine reaches it. --mqtt-host 0.0.0.0 opens it to the network.',
  noPassword: 'No password is needed. A connection speaks for one worker only.',
  strict: 'The broker asks for user name and password here: the command has them once you make credentials.',
  noLogin: {
    miner:
      'The CUDA miner knows no user name and no password, so the broker does not let it in where a worker has credentials, or under --access strict. Run it under --access standard without credentials, on a network that you trust.',
    simulator:
      'Simulated miners of the command line come without user name and password; the broker does not let them in under --access strict. The simulation below runs there, too.',
  },
  command: {
    title: 'Start the miner with',
    miner: 'CUDA miner',
    simulator: 'Simulator',
    test: 'Test by hand',
  },
  credentials: {
    make: 'Make credentials for {name}',
    text: 'Then nobody speaks for this worker without its password.',
    once: 'The password is shown this once: copy the command now. Nobody can read it later.',
    replaceTitle: 'Replace the credentials of {name}',
    replaceText:
      'It has credentials already. They end at once, and so do its connections: the miner has to be given the new ones.',
    replace: 'Replace credentials',
  },
  arrivals: {
    title: 'Arrivals',
    help: 'Yours does not appear?',
    waiting: 'Waiting for a worker to register. It appears here within a second.',
    gpus: 'no GPUs | 1 GPU | {n} GPUs',
  },
  waiting: {
    title: 'Connected, but not a worker yet',
    text: 'These reach the broker, but sent no valid register. A miner publishes it to xenminer/NAME/register.',
  },
  refused: {
    title: 'Turned away',
    none: 'The broker has turned nobody away since it started.',
    times: '{n} time | {n} times',
    signIn: 'Signed in as the operator you also see here who is turned away, and why.',
    kind: {
      publish_not_allowed: 'Message not allowed',
      subscribe_not_allowed: 'Subscription not allowed',
      will_not_allowed: 'Last will not allowed',
      bad_credentials: 'Connection without the right credentials',
      client_id_not_allowed: 'Client id not allowed',
      malformed_message: 'Message that can’t be read',
      register_refused: 'Register refused',
      worker_id_mismatch: 'Message for another worker',
      packet_too_large: 'Packet too large',
      too_many_connections: 'Too many connections',
      queue_full: 'Client that does not read',
      retain_not_kept: 'Retained message not kept',
      protocol_error: 'No valid MQTT',
      throttled: 'Too many messages',
      not_stored: 'Message not stored',
    },
    hint: {
      publish_not_allowed:
        'A miner publishes to xenminer/NAME/register, heartbeat, status and block, and for one name only.',
      subscribe_not_allowed: 'A miner listens to xenminer/NAME/task and xenminer/NAME/control only.',
      will_not_allowed: 'A will has to be a status: xenminer/NAME/status.',
      bad_credentials:
        'Check user name (the worker’s name) and password, or make new credentials. Under strict access nobody comes in without.',
      client_id_not_allowed:
        'Another connection with credentials has this client id: give the miner another.',
      malformed_message: 'The miner’s version may be wrong: the reason names the field.',
      register_refused: 'The miner tries again by itself once the reason is gone.',
      worker_id_mismatch: 'worker_id in the message has to be the name in the topic.',
      packet_too_large: '--mqtt-max-packet-bytes allows larger ones.',
      too_many_connections: '--mqtt-max-connections allows more.',
      queue_full: 'It is asked for more than it reads: its network is slow, or the program hangs.',
      retain_not_kept: 'The message arrived; only its copy for later subscribers was not kept.',
      protocol_error: 'Another program may have dialled this port: is it MQTT 3.1.1 without TLS?',
      throttled: '--mqtt-max-messages-per-sec allows more; the sender has to wait meanwhile.',
      not_stored: 'The disk did not take it: see Health. The miner sends it again.',
    },
  },
  announcement: {
    title: 'On the local network',
    on: 'Programs that look for services (mDNS) find this platform by its name:',
    off: 'Nothing is announced: the platform runs with --announce off.',
    loopback: 'Nothing is announced: the platform listens on this machine only.',
    waiting: 'The platform looks for a name that nobody else has.',
    failed: 'It could not be announced: {problem}. Miners connect by address all the same.',
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
    loopback: 'This address works on this machine only.',
  },
} as const;
