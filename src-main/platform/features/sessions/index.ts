export { forgetOutages, outagesKeptMs } from './forget-outages.ts';
export { SessionLog } from './session-log.ts';
export { findOutages, SessionRepository, type Outage } from './session.repository.ts';
