export { fleetSamplesKeptMs, forgetSamples, samplesKeptMs } from './forget-samples.ts';
export { HistoryRepository } from './history.repository.ts';
export { mountHistory } from './history.routes.ts';
export { History, sampleEveryMs } from './history.service.ts';
