export { mountSettings } from './settings.routes.ts';
export { Settings, type SettingsOptions } from './settings.service.ts';
