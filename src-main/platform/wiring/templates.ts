/** Creates what commands miners, and the jobs that give templates to them. */
import { JobRepository, JobRunner, TemplateRepository, Templates } from '../features/templates/index.ts';
import type { LeaseRepository } from '../features/leases/index.ts';
import { createControl, type ControlSources } from './control.ts';

export interface OrderingSources extends ControlSources {
  readonly leaseRepository: LeaseRepository;
}

export function createOrdering(sources: OrderingSources) {
  const { storage, fleet, bus, clock, loggers, leases, leaseRepository } = sources;
  const control = createControl(sources);
  const jobs = new JobRepository(storage);
  const jobRunner = new JobRunner({
    ...{ repository: jobs, control, fleet, bus, clock },
    logger: loggers.module('control'),
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
    minedForRenters: (workers) => leaseRepository.minedForRenters(workers),
  });
  const repository = new TemplateRepository(storage);
  const templates = new Templates({ repository, jobs, runner: jobRunner, control, clock });
  return { control, jobRunner, templates };
}
