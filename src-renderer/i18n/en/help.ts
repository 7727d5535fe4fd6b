/** Answers to what goes wrong, with a live check of each. */
export const help = {
  title: 'Help',
  subtitle: 'What goes wrong, why, and what to do, with live checks of this platform.',
  search: 'A symptom or an error message',
  topicsLabel: 'Topics',
  allTopics: 'All topics',
  noMatch: 'No topic matches “{text}”',
  noMatchText: 'Use other words, or run the self-check: it tries every part of the platform.',
  noTopic: 'There is no such topic',
  toSelfCheck: 'Self-check',
  link: 'Help with this',
  causes: 'Causes',
  live: 'Check it now',
  needsOperator: 'Sign in as the operator to check this live.',
  checking: 'Checking',
  check: 'Check',
  topics: {
    workers: {
      title: 'A worker does not appear',
      words: 'miner missing offline not shown fleet empty refused register topic firewall',
      meaning:
        'A worker is shown as soon as its register, or a heartbeat, reaches the broker. Something on that way stops it.',
      causes: {
        address: {
          title: 'The miner dials another address or port',
          text: 'It needs the address of this machine as its own network knows it, and the port of the broker (1883 unless set otherwise). The page Add miners has both in a command line.',
        },
        firewall: {
          title: 'A firewall is in the way',
          text: 'Run the test by hand of the page Add miners on the miner’s machine: mosquitto_pub that does not connect means that the network, not the miner, is the problem.',
        },
        topic: {
          title: 'It publishes to another topic',
          text: 'A miner speaks at xenminer/NAME/register, heartbeat, status and block. Under standard and strict access other topics are refused, and listed under Turned away.',
        },
        name: {
          title: 'Two miners have the same name',
          text: 'Only one connection speaks for a worker. The second one is refused while the first is alive: give each rig a --worker-id of its own.',
        },
        filter: {
          title: 'A filter of the fleet hides it',
          text: 'The page Fleet shows its filters as chips above the table. Clear them, or search for the name in the palette (Ctrl K).',
        },
      },
    },
    port: {
      title: 'Address already in use',
      words: 'port taken EADDRINUSE 8080 1883 start fails listen busy',
      meaning:
        'The platform did not start, because another program listens on the port of its API or broker.',
      causes: {
        twice: {
          title: 'The platform runs already',
          text: 'As a service, in another window, or in the desktop app. Stop that one, or use it: it has the same dashboard.',
        },
        broker: {
          title: 'A Mosquitto or another broker has port 1883',
          text: 'Stop it (on Linux: sudo systemctl disable --now mosquitto), or start the platform with --mqtt-port 11883 and give the miners that port.',
        },
        web: {
          title: 'A web server has port 8080',
          text: 'Start the platform with another one, such as --api-port 9090.',
        },
        low: {
          title: 'The port is below 1024',
          text: 'On Linux those need rights that a normal user does not have. Use a higher one, and a reverse proxy in front of it.',
        },
      },
    },
    feed: {
      title: 'The live feed drops',
      words: 'websocket disconnected 1013 1006 proxy nginx banner reconnect ws',
      meaning:
        'The dashboard hears of everything by a WebSocket. When it breaks, a banner says so, and it is tried again by itself.',
      causes: {
        proxy: {
          title: 'A reverse proxy does not pass WebSockets on',
          text: 'nginx needs proxy_http_version 1.1, the headers Upgrade and Connection, and a long proxy_read_timeout for /ws/. resources/deploy/nginx.conf has them.',
        },
        many: {
          title: 'Too many clients (code 1013)',
          text: 'One more than --ws-max-clients is closed at once. Close old tabs, or raise it.',
        },
        slow: {
          title: 'This browser does not keep up',
          text: 'Who reads too slowly is disconnected, so that it does not hold up the others: a slow line, or a computer that sleeps.',
        },
        origin: {
          title: 'The page comes from another origin (403)',
          text: 'A dashboard that another server delivers needs --allowed-origin with the address of that server.',
        },
      },
    },
    locked: {
      title: 'The database is locked',
      words: 'SQLITE_BUSY database is locked in use by another instance write',
      meaning:
        'SQLite lets one program write at a time. The platform holds a lock, so that no second one writes; other tools can get in its way.',
      causes: {
        second: {
          title: 'A second platform was started with the same data folder',
          text: 'It refuses to start, and says so. Stop one of them, or give it a --data-dir of its own.',
        },
        tool: {
          title: 'Another tool writes to the file',
          text: 'sqlite3, a DB browser or a script with an open transaction. Close it: reading is fine, writing is not, while the platform runs.',
        },
        network: {
          title: 'The file lies on a network drive',
          text: 'Locks do not work reliably there (NFS, SMB, synced folders). Put --data-dir on a local disk.',
        },
        disk: {
          title: 'The disk is full or fails',
          text: 'Then nothing can be written either: see Health and the self-check.',
        },
      },
    },
    growing: {
      title: 'The database grows',
      words: 'disk full memory snapshots size retention clean up vacuum large',
      meaning:
        'Samples and commands are deleted by their age; blocks, leases and the ledger stay for ever. The table shows where it settles.',
      causes: {
        fleet: {
          title: 'A large fleet makes many samples',
          text: 'A sample each 30 s a worker for 24 h is about 2,880 rows a worker. That is the size at which it stays.',
        },
        free: {
          title: 'Deleted rows leave free pages',
          text: 'They are used again. Cleaning up gives them back to the disk at once.',
        },
        log: {
          title: 'A long reader keeps the log (-wal) large',
          text: 'A backup or another tool that reads for long. The log shrinks when it is done.',
        },
      },
    },
    tokens: {
      title: 'Signed out after a restart',
      words: 'JWT token invalid secret expired sign in again 401',
      meaning: 'Sign-ins are signed with a secret. With another secret, all of them are void at once.',
      causes: {
        moved: {
          title: 'The data folder changed',
          text: 'Unless it is given, the secret is made at the first start and kept in the data folder. A container without a volume for it makes a new one each time.',
        },
        given: {
          title: '--jwt-secret has another value',
          text: 'Each start has to have the same one. A file is safer than a flag: --jwt-secret-file.',
        },
        expired: {
          title: 'The sign-in is simply over',
          text: 'A wallet’s token lasts 24 h. API keys last until they are revoked or expire.',
        },
      },
    },
    subscribers: {
      title: 'A command reaches nobody',
      words: 'No subscribers for topic control not delivered command unreachable',
      meaning:
        'A command goes to the connection of its worker that subscribed to xenminer/NAME/control. None did.',
      causes: {
        offline: {
          title: 'The worker is offline',
          text: 'Nothing is kept for it: send the command again when it is back.',
        },
        deaf: {
          title: 'It does not subscribe',
          text: 'Simulators and scripts that only publish are seen, but hear nothing. A real miner subscribes before it registers.',
        },
        other: {
          title: 'Another connection listens for it',
          text: 'The first connection that speaks for a worker hears its commands; a second one with the same name is refused.',
        },
      },
    },
    build: {
      title: 'The build fails',
      words: 'npm install typescript errors node version node_modules compile',
      meaning: 'Building from sources needs the right Node and a whole node_modules.',
      causes: {
        node: {
          title: 'Node is too old',
          text: 'Node 24 or newer is needed. npm scripts use the one that is installed with the packages; node --version shows the system’s own.',
        },
        modules: {
          title: 'node_modules is half installed',
          text: 'Remove it and install exactly what the lock file names: rm -rf node_modules && npm ci && npm run build',
        },
        dashboard: {
          title: 'The dashboard is not there',
          text: 'The platform answers, but /dashboard says that it is not built: npm run build makes it.',
        },
      },
    },
  },
  visibility: {
    id: 'Name of the worker',
    seen: '{name} is seen: it is registered and online',
    probable: 'Most likely: {cause}',
    nothing: 'Nothing that could be checked is wrong, but it is not online.',
    open: 'Open the worker',
    refusals: 'What the broker turned away of it',
    state: { ok: 'In order', problem: 'Problem', unknown: 'Can’t be told yet' },
    cause: {
      id: 'Name',
      broker: 'Broker',
      connection: 'Connection',
      refusal: 'Turned away',
      topic: 'Topics',
      rights: 'Rights',
      limit: 'Limit of workers',
      register: 'Register',
      heartbeat: 'Heartbeat',
      listens: 'Commands',
      browser: 'This browser',
    },
    says: {
      id: {
        valid: 'It can be the name of a worker.',
        invalid: '“{name}” can’t be the name of a worker: no / + # and no control characters.',
        client_id: 'That is a client id: the worker is called {other}, and it is registered.',
        similar:
          'There is no such worker, but one that is called {other}: names differ by case, spaces and dashes.',
      },
      broker: {
        listens: 'The broker takes connections at port {port}.',
        loopback: 'The broker listens on this machine only. --mqtt-host 0.0.0.0 opens it to the network.',
        down: 'The broker takes no connections: restart the platform, its log says why.',
      },
      connection: {
        connected: '{client} is connected from {address}.',
        other_worker: '{client} is connected, but speaks for worker {worker}: see --worker-id of the miner.',
        missing:
          'No connection to the broker speaks for it now. Is the miner running, with the address and port of the page Add miners?',
      },
      refusal: {
        none: 'The broker has turned nothing of it away lately.',
        refused: 'The broker turned it away: {reason}.',
      },
      topic: {
        right: 'It published to no wrong topic lately.',
        wrong: 'It published to {topic}, where nobody looks for it: a miner registers at {expected}.',
      },
      rights: {
        anyone: 'It needs no credentials.',
        credentials: 'It has credentials: the miner has to connect with its user name and password.',
        strict: 'Access is strict, and this worker has no credentials: make them on the page Add miners.',
      },
      limit: {
        room: 'There is room for it.',
        reached: 'The platform has its limit of {limit} workers: raise --max-workers.',
      },
      register: {
        registered: 'It is registered.',
        without: 'It was taken in by its heartbeat, without a register: GPUs and address are not known.',
        missing: 'It has never registered here.',
      },
      heartbeat: {
        fresh: 'Its last heartbeat is {age} s old.',
        old: 'Its last heartbeat is {age} s old: after 90 s it counts as offline.',
        offline: 'It said goodbye, or its connection broke: it is offline.',
        never: 'Nothing was heard of it.',
      },
      listens: {
        listens: 'It listens to what the platform tells it.',
        deaf: 'Its connection subscribed to no topic of its own: commands and leases do not reach it.',
        unknown: 'It is not connected, so nobody hears commands.',
      },
    },
    browserKnows: 'This dashboard has it; a filter of the fleet may hide it.',
    browserMisses: 'The live feed has not told this dashboard of it.',
  },
  portCheck: {
    port: 'Port',
    own: 'This platform itself listens there ({use}).',
    use: { api: 'API and dashboard', mqtt: 'broker' },
    free: 'Nobody listens on port {port}: the platform can take it.',
    forbidden: 'This user may not listen on port {port}: it needs more rights. Choose one above 1023.',
    taken: 'Another program listens on port {port}: {who}.',
    takenUnknown: 'Another program listens on port {port}; the system does not say which. {command} tells.',
    process: '{name} (process {pid})',
    suggestion: 'The next free port is {port}.',
  },
  feedCheck: {
    start: 'Test the feed for 10 s',
    running: 'Listening: {seconds} s left',
    opened: 'Connected after {ms} ms, the first frame came after {first} ms.',
    frames: '{n} frames in {seconds} s.',
    closed: 'It was closed with code {code}{reason}.',
    neverOpened: 'It could not be opened (code {code}): a proxy, a firewall or the address is in the way.',
    good: 'The feed works from this browser.',
    noFrames:
      'Connected, but nothing came: something between keeps frames back, such as a proxy that buffers.',
  },
  databaseCheck: {
    path: 'Database',
    writes: 'It takes writes: a transaction took {ms} ms, {queue} wait.',
    fails: 'It takes no write now: {reason}.',
    holders: 'Who has it open',
    self: 'this platform',
    alone: 'Only this platform has it open.',
    others: 'Others have it open, too: what writes among them can lock it.',
    notTold: 'This system does not say who has files open. On macOS: {command}',
  },
  tokenCheck: {
    kept: 'The secret is kept in the data folder ({path}): sign-ins outlast a restart as long as that folder stays.',
    givenText: 'The secret is given by {source}: sign-ins outlast a restart as long as it stays the same.',
    givenFile: 'The secret is read from {path}: sign-ins outlast a restart as long as that file stays.',
  },
} as const;
