export { createBundle, type BundlePart } from './bundle.ts';
export { bundleName, mountDiagnostics } from './diagnostics.routes.ts';
export { databasePart, machineParts } from './platform-parts.ts';
export { ProbeLogin } from './probe-login.ts';
export { SelfCheck } from './self-check.ts';
