export { forgetStates, statesKeptMs } from './forget-states.ts';
export { StateLog } from './state-log.ts';
export { StateRepository, type Transition } from './state.repository.ts';
