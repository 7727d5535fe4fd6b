import type { WorkerState } from '../../../contract/domain/worker.ts';
import type { FleetView } from './fleet-view.ts';
import type { LiveWorker } from './live-worker.ts';

/** Which workers something is for; absent fields let everything through. */
export interface TargetFilter {
  readonly state?: WorkerState | undefined;
  readonly online?: boolean | undefined;
  readonly search?: string | undefined;
  readonly eth_address?: string | undefined;
  readonly gpu?: string | undefined;
  readonly version?: string | undefined;
  readonly tag?: string | undefined;
}

/** All workers that pass; whoever calls looks at whose they are. */
export function selectTargets(
  view: FleetView,
  filter: TargetFilter,
  tagsOf: (workerId: string) => readonly string[],
): LiveWorker[] {
  const { state, online, search = '', eth_address: ethAddress = '', gpu = '', version = '', tag } = filter;
  const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
  return view
    .select({ state, online, search, ethAddress })
    .filter((worker) => gpu === '' || worker.gpus.some(({ name }) => has(name, gpu)))
    .filter((worker) => version === '' || has(worker.version, version))
    .filter((worker) => tag === undefined || tagsOf(worker.workerId).includes(tag));
}
