export { AccountRepository, type AccountCounts, type AccountRow } from './account.repository.ts';
export { mountAccounts } from './account.routes.ts';
export { Accounts, shownAddress, toAccount, type AccountsOptions } from './account.service.ts';
