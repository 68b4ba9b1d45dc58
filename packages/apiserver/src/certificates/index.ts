export { type Chance, issue, type KeyPair } from './issue.ts';
export {
  ensurePki,
  lasting,
  type Lives,
  type NodePki,
  passingPki,
  type Pki,
  type PkiNode,
  type PkiWanted,
} from './pki.ts';
export { requestAuthority, type RequestAuthority, type RequestedNames } from './request.ts';
export { seededJwtSignature } from './seeded-key.ts';
