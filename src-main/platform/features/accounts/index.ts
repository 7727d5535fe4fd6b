export { AccountListRepository } from './account-list.repository.ts';
export { mountAccountList } from './account-list.routes.ts';
export { AccountRepository, type AccountCounts, type AccountRow } from './account.repository.ts';
export { mountAccounts } from './account.routes.ts';
export { Accounts, shownAddress, toAccount, type AccountsOptions } from './account.service.ts';
