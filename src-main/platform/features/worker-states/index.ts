export { forgetStates, statesKeptMs } from './forget-states.ts';
export { StateLog } from './state-log.ts';
export { StateRepository } from './state.repository.ts';
