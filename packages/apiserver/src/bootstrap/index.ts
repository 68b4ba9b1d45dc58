export { bootstrap, type BootstrapSettings, planBootstrap, serverUser } from './bootstrap.ts';
export { flowControl } from './flow-control.ts';
export { bootstrapPolicy, type Wanted } from './policy.ts';
export { systemNamespaces, systemObjects, systemPriorityClasses } from './system-objects.ts';
export { type StandardSettings, standardParts } from './standard-parts.ts';
export { keepConfigMaps } from './keep-config-maps.ts';
export { extensionAuthentication, legacyTokenTracking } from './told-config-maps.ts';
export { keepFlowControl } from './keep-flow-control.ts';
