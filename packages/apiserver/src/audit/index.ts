export {
  type Audited,
  auditFigures,
  type AuditSettings,
  type AuditSink,
  auditStations,
} from './audit.ts';
export { type AuditEvent, legacyLine } from './event.ts';
export { type Policy, policyOf } from './policy.ts';
