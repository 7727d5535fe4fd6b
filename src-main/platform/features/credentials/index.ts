export { BrokerLogins, type BrokerLoginsOptions } from './broker-logins.ts';
export { CredentialRepository } from './credential.repository.ts';
export { mountCredentials } from './credential.routes.ts';
export { WorkerCredentials } from './credential.service.ts';
