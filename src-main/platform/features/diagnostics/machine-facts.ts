/** What is known of the program and the machine without asking the platform. */
import {
  availableParallelism,
  cpus,
  freemem,
  loadavg,
  release,
  totalmem,
  type,
  uptime,
  version as osVersion,
} from 'node:os';
import { ownAddresses } from '../../kernel/own-addresses.ts';
import { version } from '../../version.ts';

/** Versions of everything that runs here. */
export function versionFacts() {
  const { node, v8, uv, openssl } = process.versions;
  return {
    program: version,
    node,
    v8,
    uv,
    openssl,
    ...('electron' in process.versions
      ? { electron: process.versions['electron'], chrome: process.versions['chrome'] }
      : {}),
    system: `${type()} ${release()}`,
    system_version: osVersion(),
    processor: `${process.platform} ${process.arch}`,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Memory and load now. */
export function machineFacts() {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { userCPUTime, systemCPUTime, maxRSS, fsRead, fsWrite } = process.resourceUsage();
  return {
    process: {
      pid: process.pid,
      uptime_sec: Math.round(process.uptime()),
      memory_bytes: { rss, heapTotal, heapUsed, external, arrayBuffers },
      max_rss_bytes: maxRSS * 1024,
      cpu_sec: { user: userCPUTime / 1e6, system: systemCPUTime / 1e6 },
      file_system: { reads: fsRead, writes: fsWrite },
      open_resources: process.getActiveResourcesInfo().reduce<Record<string, number>>((counts, name) => {
        counts[name] = (counts[name] ?? 0) + 1;
        return counts;
      }, {}),
    },
    machine: {
      uptime_sec: Math.round(uptime()),
      memory_bytes: { total: totalmem(), free: freemem() },
      processors: availableParallelism(),
      processor: cpus()[0]?.model ?? '',
      load: loadavg(),
    },
    addresses: ownAddresses(),
  };
}
