export { AccountRepository, type AccountCounts, type AccountRow } from './account.repository.ts';
export { mountAccounts } from './account.routes.ts';
export { Accounts, toAccount, type AccountsOptions } from './account.service.ts';
