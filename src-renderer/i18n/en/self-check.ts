/** What the platform finds when it tries itself. */
export const selfCheck = {
  run: 'Check now',
  running: 'Checking: this takes up to half a minute',
  intro:
    'The platform tries itself for real: connections to each of its addresses, a message through the broker, a write to the disk, every page of the database.',
  never: 'Not checked since the start',
  neverText: 'Check now to see whether everything works.',
  checked: 'Checked {age}, in {time}',
  overall: {
    ok: 'Everything works',
    warning: 'Something needs a look',
    failed: 'Something does not work',
  },
  state: { ok: 'Works', warning: 'Look here', failed: 'Failed', unknown: 'Not known' },
  todo: 'What to do',
  name: {
    api_port: 'Port of the API',
    mqtt_port: 'Port of the broker',
    broker: 'Broker',
    feed: 'Live feed',
    clock: 'Clock',
    disk: 'Disk',
    write: 'Writing',
    database: 'Database',
    ledger: 'Ledger',
    backup: 'Backup',
    event_loop: 'Event loop',
  },
  says: {
    api_port: {
      reached:
        'Port {port} answers at {addresses}. A firewall between this machine and the others can’t be seen from here.',
      loopback: 'Port {port} listens on this machine only: no other machine reaches it.',
      unreached: 'Port {port} does not answer at {addresses}: {reason}.',
    },
    mqtt_port: {
      reached:
        'Port {port} answers at {addresses}. A firewall between this machine and the miners can’t be seen from here.',
      loopback: 'Port {port} listens on this machine only: no miner on another machine reaches it.',
      unreached: 'Port {port} does not answer at {addresses}: {reason}.',
    },
    broker: {
      answered: 'A message went to the broker and back.',
      slow: 'A message went to the broker and back, but slowly.',
      failed: 'A message to the broker did not come back: {reason}.',
    },
    feed: {
      answered: 'The live feed sent its first frame.',
      slow: 'The live feed sent its first frame, but slowly.',
      failed: 'The live feed sent nothing: {reason}.',
    },
    clock: {
      agrees: 'The clocks of {workers} miners agree with this one (median {offset} s).',
      differs: 'The clocks of {workers} miners differ from this one by {offset} s (median).',
      no_miner: 'No miner has sent a time yet, and the platform asks nobody on the Internet.',
    },
    disk: {
      room: 'There is room on the disk of the database.',
      tight: 'There is little room on the disk of the database.',
      full: 'The disk of the database is full.',
    },
    write: {
      quick: 'A page was on the disk after {sync} ms, a transaction done after {queue} ms.',
      slow: 'A page was on the disk after {sync} ms, a transaction done after {queue} ms: that is slow.',
      failed: 'The disk did not take a page: {reason}.',
    },
    database: {
      sound: 'Every page of {tables} tables is sound.',
      unfinished: '{tables} tables are sound; there was no time for {left} more.',
      damaged: 'The database is damaged: {problem}.',
      failed: 'The database could not be checked: {reason}.',
    },
    ledger: {
      right: 'Every sum and all {entries} entries are right.',
      unfinished: 'The ledger was not proved in time; the check goes on.',
      wrong: 'The ledger is wrong: {findings} findings, the first is {first}.',
      failed: 'The ledger could not be checked: {reason}.',
    },
    backup: {
      fresh: 'The newest good backup is fresh.',
      old: 'The newest good backup is old.',
      none: 'There is no backup yet.',
      failed: 'The last backup failed: {reason}.',
      unscheduled: 'There is a good backup, but none is scheduled.',
    },
    event_loop: {
      quick: '99 % of all waits within the last minute were shorter than this.',
      late: 'Everything waits: 1 % of all waits within the last minute were longer than this.',
    },
  },
  advice: {
    api_port: {
      loopback: 'Start with --api-host 0.0.0.0 to open it to the network.',
      unreached: 'A rule of this machine’s own firewall may be in the way; see also --api-host.',
    },
    mqtt_port: {
      loopback: 'Start with --mqtt-host 0.0.0.0 to open it to the network.',
      unreached: 'A rule of this machine’s own firewall may be in the way; see also --mqtt-host.',
    },
    broker: {
      slow: 'The machine is busy: see the event loop below.',
      failed: 'The log of the broker says more; a restart of the platform starts it anew.',
    },
    feed: {
      slow: 'The machine is busy: see the event loop below.',
      failed: 'Code 1013 means that too many clients are connected: see --ws-max-clients.',
    },
    clock: {
      differs:
        'When most miners agree with each other, this machine is the one that is wrong: switch its NTP on. The platform itself goes by its own clock.',
      no_miner:
        'timedatectl (Linux) or the system settings tell whether this machine keeps its clock by NTP.',
    },
    disk: {
      tight: 'Make room, or move the backups to another disk with --backup-dir.',
      full: 'Make room now: soon nothing is stored any more, and miners get no acknowledgement.',
    },
    write: {
      slow: 'Every register and block waits so long: use a local SSD for --data-dir.',
      failed: 'Miners get no acknowledgement meanwhile and send again. Make room, or look at the disk.',
    },
    database: {
      unfinished: 'Verifying a backup looks at every page, without a limit of time.',
      damaged: 'Restore the newest good backup, and look at the disk and the memory of this machine.',
      failed: 'The log says more.',
    },
    ledger: {
      unfinished: 'Health shows its result when it is done.',
      wrong: 'Keep a copy of the database, compare it with a backup, and let nobody withdraw meanwhile.',
      failed: 'The log says more.',
    },
    backup: {
      old: 'Make one now in the section Backups.',
      none: 'Make one in the section Backups.',
      failed: 'Mend what is named, and make one now in the section Backups.',
      unscheduled: 'Schedule one: --backup-schedule.',
    },
    event_loop: { late: 'The machine has too little CPU for what runs on it.' },
  },
  bundle: {
    title: 'Diagnostics',
    text: 'One zip with versions, settings, the newest log, metrics, health, schema and row counts, the checks of database and ledger, and who is connected. Keys, passwords and secrets are not in it; worker names and addresses are. Its README.txt lists everything.',
    save: 'Save diagnostics',
    command: 'From the command line, also while nothing runs:',
  },
} as const;
