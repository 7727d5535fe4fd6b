export { EarningRecorder } from './earning-recorder.ts';
export { EarningRepository } from './earning.repository.ts';
export { mountEarnings } from './earnings.routes.ts';
export { Payouts, type Payout } from './payouts.ts';
export { Earnings } from './earnings.service.ts';
export { forgetEarnings } from './forget-earnings.ts';
