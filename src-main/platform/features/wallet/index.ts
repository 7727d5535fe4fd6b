export { mountWallet } from './wallet.routes.ts';
export { WalletRepository } from './wallet.repository.ts';
export { Wallets } from './wallet.service.ts';
