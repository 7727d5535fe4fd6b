export { ApiKeys, hashKey, isSameHash } from './api-keys.ts';
export { mountAuth } from './auth.routes.ts';
export { Auth } from './auth.service.ts';
export { KeyRepository, operatorKeyLabel } from './key.repository.ts';
export { OperatorKey, operatorKeyFile } from './operator-key.ts';
export { Ownership } from './ownership.ts';
export { keepSecret, readSecretFile } from './secret-file.ts';
