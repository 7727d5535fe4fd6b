export { tidyWallets } from './tidy-wallets.ts';
export { mountWallet } from './wallet.routes.ts';
export { bucketOf, horizonsAt, hourMs, startOfHour, type Horizons } from './wallet-time.ts';
export { WalletRepository, type WalletSample } from './wallet.repository.ts';
export { Wallets } from './wallet.service.ts';
